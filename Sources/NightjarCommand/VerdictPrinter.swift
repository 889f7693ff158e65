import Nightjar
import NightjarCore
import NightjarJSON
import NightjarMiner
import NightjarPlatform

/// Prints verdicts, one a line, and knows how `nightjar verify` ends. One thread prints; others may ask.
final class VerdictPrinter: Sendable {
    /// What is known of a line.
    enum Answer: Sendable {
        case pending(PendingVerification)
        case aboveTarget
        /// The line can't be checked.
        case unreadable(reason: String)
        /// The share could not be hashed.
        case failed(NightjarError)
    }

    private struct State {
        var lines: UInt64 = 0
        var allAreOk = true
        var isUnreadable = false
        /// The `errno` of a write that failed; 0 for none.
        var failure: Int32 = 0
    }

    private let state = Monitor(State())
    private let json: Bool

    init(json: Bool) { self.json = json }

    /// Whether standard output cannot be written.
    var hasFailed: Bool { state.withLock { $0.failure != 0 } }

    /// - Throws: when standard output could not be written.
    func check() throws(CommandError) {
        let code = state.withLock(\.failure)
        if code != 0 { throw CommandError(.failed, "standard output: \(errorText(code))") }
    }

    var exitCode: Int32 {
        state.withLock { $0.isUnreadable ? ExitStatus.badInput.rawValue : $0.allAreOk ? 0 : ExitStatus.failed.rawValue }
    }

    /// Waits for the verdict, and prints it.
    func print(_ answer: Answer) {
        // What cannot be printed is not waited for.
        guard !hasFailed else { return }
        var verification: Verification?
        var words: String
        switch answer {
        case .pending(let pending):
            do {
                let known = try pending.wait()
                verification = known
                words = known.verdict.rawValue
            } catch { words = "error: \(error)" }
        case .aboveTarget: words = Verdict.aboveTarget.rawValue
        case .unreadable(let reason): words = "error: \(reason)"
        case .failed(let error): words = "error: \(error)"
        }
        let number = state.withLock { state -> UInt64 in
            state.lines += 1
            if verification?.verdict != .ok { state.allAreOk = false }
            if case .unreadable = answer { state.isUnreadable = true }
            return state.lines
        }
        words = printable(words)
        let line = json ? Self.json(number, words, verification?.computed).text : words
        let code = Output.tryLine(line)
        if code != 0 { state.withLock { $0.failure = code } }
    }

    private static func json(_ line: UInt64, _ verdict: String, _ computed: Digest?) -> JSON {
        .fields([
            "line": .unsigned(line), "verdict": .string(verdict), "result": .optional(computed?.description),
        ])
    }
}
