import Dispatch
import Glibc
import NightjarMiner
import NightjarPlatform
import Synchronization

/// Standard output and an optional log file. The program continues when a line cannot be written; it ends when the
/// reader of standard output has gone and there is no log file.
///
/// A full disk is temporary, and mining is worth more than its log. A pipe whose reader ended stays broken. Lines are
/// written on queues of their own, because a terminal that is stopped with Ctrl-S must not keep new jobs from the lanes,
/// nor lines from the log file.
///
/// On a terminal a status line stays below all other lines: it is cleared before each line and drawn again after it.
final class LineOutput: Sendable {
    private struct State {
        /// The lines that wait to be written to standard output, and to the log file.
        var waiting = (output: 0, file: 0)
        /// The status line to show below all lines; empty for none.
        var status = ""
        /// The status line that is drawn now. The queue draws later than `status` changes.
        var drawn = ""
        /// The `errno` with which standard output was lost for good.
        var loss: Int32?
        /// A wait for the lines of standard output took too long.
        var isStuck = false
    }

    /// Yields once when the reader has gone and there is no log file.
    let lost: AsyncStream<Void>
    private let sink: AsyncStream<Void>.Continuation
    /// Yields why the log file takes no more lines.
    let full: AsyncStream<FileError>
    private let fullSink: AsyncStream<FileError>.Continuation
    private let queue = DispatchQueue(label: "output")
    private let fileQueue = DispatchQueue(label: "log file")
    private let state = Locked(State())
    private let file: LogFile?
    private let colours: Bool
    private let hasKeys: Bool

    /// The most lines that wait to be written to one place. When more come, its reader has stopped for good, and lines
    /// are dropped.
    private static let capacity = 100_000
    /// The longest wait for lines to be written.
    private static let flushTimeout: DispatchTimeInterval = .seconds(5)

    /// - Parameter hasKeys: whether a user can ask for details with a key.
    init(file: LogFile? = nil, colours: Bool = false, hasKeys: Bool = false) {
        self.file = file
        self.colours = colours
        self.hasKeys = hasKeys
        (lost, sink) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        (full, fullSink) = AsyncStream.makeStream(of: FileError.self, bufferingPolicy: .bufferingNewest(1))
    }

    var hasFile: Bool { file != nil }

    /// Why standard output is gone; `nil` while it works or a log file is written.
    var loss: String? {
        guard file == nil else { return nil }
        let (code, isStuck) = state.withLock { ($0.loss, $0.isStuck) }
        if isStuck { return "its reader has stopped" }
        guard let code else { return nil }
        return code == EPIPE ? "its reader has gone" : code == EBADF ? "it is closed" : errorText(code)
    }

    /// Writes a line soon. Lines keep the order of the calls.
    @Sendable func write(_ line: String) { write(line, toFile: line) }

    /// The same with its meaning.
    func write(_ line: String, _ tone: HumanReporter.Tone) {
        write(colours ? Paint.line(line, tone) : line, toFile: line)
    }

    /// Writes a line with the time before it: the time of day for people, the full time for a file.
    @Sendable func event(_ line: String, _ tone: HumanReporter.Tone) {
        let now = Timestamp.now
        if tone.isLeftOut(hasStatus: state.withLock { !$0.status.isEmpty }, hasKeys: hasKeys) {
            return keep("\(now)  \(line)")
        }
        write(Paint.event(line, tone, at: now.localTime, colours: colours), toFile: "\(now)  \(line)")
    }

    /// Sets the status line below all lines; empty for none. For terminals only.
    func status(_ parts: [StatusLine.Part]) {
        let text = colours ? Paint.status(parts) : parts.map(\.text).joined()
        let isNews = state.withLock { state in
            defer { state.status = text }
            return state.status != text
        }
        guard isNews else { return }
        queue.async { [self] in
            let (old, new) = redraw()
            if old != new { _ = Output.write("\r\u{1B}[2K\(new)", to: Output.descriptor) }
        }
    }

    /// Opens the log file again.
    ///
    /// - Parameter refused: called with the reason when the new file is not used and the old one stays.
    func reopen(refused: @escaping @Sendable (FileError) -> Void) {
        fileQueue.async { [file] in
            do throws(FileError) { try file?.reopen() } catch { refused(error) }
        }
    }

    /// Returns when all lines have been written, or after five seconds: the reader of a pipe may have stopped for good,
    /// and a run must end all the same.
    ///
    /// - Returns: whether all lines of standard output have been written.
    @discardableResult func flush() -> Bool {
        let limit = DispatchTime.now() + Self.flushTimeout
        func wait(for queue: DispatchQueue) -> Bool {
            let written = DispatchSemaphore(value: 0)
            queue.async { written.signal() }
            return written.wait(timeout: limit) == .success
        }
        _ = wait(for: fileQueue)
        let isWritten = wait(for: queue)
        state.withLock { $0.isStuck = !isWritten }
        return isWritten
    }

    private func write(_ line: String, toFile plain: String) {
        keep(plain)
        guard state.withLock({ Self.mayWait(&$0.waiting.output) }) else { return }
        queue.async { [self] in
            if state.withLock({ $0.loss == nil }) {
                let (old, new) = redraw()
                let text = "\(old.isEmpty ? "" : "\r\u{1B}[2K")\(line)\n\(new)"
                let code = Output.write(text, to: Output.descriptor)
                // A terminal that hung up gives EIO; a descriptor that was closed from the start gives EBADF.
                if [EPIPE, EBADF, EIO].contains(code) {
                    state.withLock { $0.loss = code }
                    if file == nil { sink.yield() }
                }
            }
            state.withLock { $0.waiting.output -= 1 }
        }
    }

    /// Writes a line to the log file soon.
    private func keep(_ line: String) {
        guard let file, state.withLock({ Self.mayWait(&$0.waiting.file) }) else { return }
        fileQueue.async { [self] in
            if let fault = file.write(line) { fullSink.yield(fault) }
            state.withLock { $0.waiting.file -= 1 }
        }
    }

    /// - Returns: whether one more line may wait.
    private static func mayWait(_ waiting: inout Int) -> Bool {
        guard waiting < capacity else { return false }
        waiting += 1
        return true
    }

    /// The status line that was drawn, and the one to draw from now on. Runs on the queue.
    private func redraw() -> (old: String, new: String) {
        state.withLock { state in
            defer { state.drawn = state.status }
            return (state.drawn, state.status)
        }
    }
}
