import Foundation
import TestSupport
import Testing

/// Signals in the program's first moments.
@Suite(.serialized, .timeLimit(.minutes(5))) struct SignalTests {
    /// Whether the program has come so far that it ignores SIGPIPE, as it does in its first lines.
    private static func hasBegun(_ id: pid_t) -> Bool {
        let status = (try? String(contentsOfFile: "/proc/\(id)/status", encoding: .utf8)) ?? ""
        guard let mask = status.firstMatch(of: /SigIgn:\s*([0-9a-f]+)/), let bits = UInt64(mask.1, radix: 16) else {
            return false
        }
        return bits & 1 << UInt64(SIGPIPE - 1) != 0
    }

    @Test(arguments: [SIGINT, SIGTERM]) func oneInTheFirstMomentsEndsTheRunInOrder(_ signal: Int32) async throws {
        for _ in 0..<12 {
            let run = try Binary(["mine", "--sandbox", "-a", "cn-pico", "--device", "cpu", "-t", "1", "--log", "json"])
            // Without a pause: some milliseconds later it is late.
            while !Self.hasBegun(run.processID) { await Task.yield() }
            run.send(signal)
            let ended = try await run.ended()
            #expect(ended.code == 128 + signal && !ended.wasKilled && ended.err == "", "\(ended)")
            // Once it has said anything, it says how it ended.
            #expect(ended.out == "" || ended.lines.last?.contains(#""event":"summary""#) == true, "\(ended)")
        }
    }

    /// They have nothing that must end in order.
    @Test func otherCommandsEndByTheSignal() async throws {
        let run = try Binary(["bench", "-a", "cn/0", "--device", "cpu", "--seconds", "200"])
        while !Self.hasBegun(run.processID) { await Task.yield() }
        run.send(SIGINT)
        let ended = try await run.ended()
        #expect(ended.code == SIGINT && ended.wasKilled, "\(ended)")
    }
}
