import Dispatch
import Glibc
import NightjarMiner
import NightjarPlatform
import Synchronization

/// Standard output, and a log file beside it, for a program that runs on when a line cannot be written, but not when
/// its reader has gone and there is no file.
///
/// A full disk passes, and mining is worth more than its log; a pipe whose reader ended stays broken. Lines are written
/// on a queue of their own, because a terminal that is held with Ctrl-S must not keep new jobs from the lanes.
///
/// On a terminal a status line stands below all others: it is cleared before each of them and drawn again behind.
final class LineOutput: Sendable {
    private struct State {
        var waiting = 0
        /// What is to stand below all lines; empty for nothing.
        var status = ""
        /// What stands there: the queue is behind the wish.
        var drawn = ""
        /// The `errno` that says that standard output is gone for good.
        var loss: Int32?
    }

    /// Yields once the reader has gone, and there is no log file.
    let lost: AsyncStream<Void>
    private let sink: AsyncStream<Void>.Continuation
    private let queue = DispatchQueue(label: "output")
    private let state = Mutex(State())
    private let file: LogFile?
    private let colours: Bool

    /// Lines that may wait; beyond them, somebody has stopped reading for good, and lines are dropped.
    private static let capacity = 100_000

    init(file: LogFile? = nil, colours: Bool = false) {
        self.file = file
        self.colours = colours
        (lost, sink) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    }

    var hasFile: Bool { file != nil }

    /// Why standard output is gone, if it is and nothing else is written.
    var loss: String? {
        guard file == nil, let code = state.withLock({ $0.loss }) else { return nil }
        return code == EPIPE ? "nobody reads it any more" : code == EBADF ? "it is closed" : errorText(code)
    }

    /// Writes a line, in the order of the calls, some time soon.
    @Sendable func write(_ line: String) { write(line, toFile: line) }

    /// Writes a line with the time before it: of day for people, in full for a file.
    @Sendable func event(_ line: String, _ tone: HumanReporter.Tone) {
        let now = Timestamp.now
        if tone == .status, state.withLock({ !$0.status.isEmpty }) {
            // It stands there already.
            queue.async { [file] in file?.write("\(now)  \(line)") }
            return
        }
        write("\(paint(now.localTime, .quiet))  \(paint(line, tone))", toFile: "\(now)  \(line)")
    }

    /// What stands below all lines from now on; empty for nothing. For terminals alone.
    func status(_ text: String) {
        let isNews = state.withLock { state in
            defer { state.status = text }
            return state.status != text
        }
        guard isNews else { return }
        queue.async { [self] in
            let (old, new) = redraw()
            if old != new { _ = Output.write("\r\u{1B}[2K\(new)", to: STDOUT_FILENO) }
        }
    }

    /// Opens the log file anew.
    func reopen() { queue.async { [file] in file?.reopen() } }

    /// Returns when all lines have been written.
    func flush() { queue.sync {} }

    private func write(_ line: String, toFile plain: String) {
        let hasRoom = state.withLock { state in
            guard state.waiting < Self.capacity else { return false }
            state.waiting += 1
            return true
        }
        guard hasRoom else { return }
        queue.async { [self] in
            file?.write(plain)
            if state.withLock({ $0.loss == nil }) {
                let (old, new) = redraw()
                let text = "\(old.isEmpty ? "" : "\r\u{1B}[2K")\(line)\n\(new)"
                let code = Output.write(text, to: STDOUT_FILENO)
                // A terminal that was hung up says EIO; one that was closed from the start, EBADF.
                if [EPIPE, EBADF, EIO].contains(code) {
                    state.withLock { $0.loss = code }
                    if file == nil { sink.yield() }
                }
            }
            state.withLock { $0.waiting -= 1 }
        }
    }

    /// What stood below all lines, and what is to stand there from now on. On the queue.
    private func redraw() -> (old: String, new: String) {
        state.withLock { state in
            defer { state.drawn = state.status }
            return (state.drawn, state.status)
        }
    }

    private func paint(_ text: String, _ tone: HumanReporter.Tone) -> String {
        guard colours else { return text }
        switch tone {
        case .plain, .status: return text
        case .quiet: return "\u{1B}[2m\(text)\u{1B}[0m"
        case .good: return "\u{1B}[32m\(text)\u{1B}[0m"
        case .warning: return "\u{1B}[33m\(text)\u{1B}[0m"
        case .bad: return "\u{1B}[31m\(text)\u{1B}[0m"
        }
    }
}
