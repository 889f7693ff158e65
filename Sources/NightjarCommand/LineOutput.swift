import Dispatch
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Standard output for a program that runs on when a line cannot be written, but not when its reader has gone.
///
/// A full disk passes, and mining is worth more than its log; a pipe whose reader ended stays broken. Lines are written
/// on a queue of their own, because a terminal that is held with Ctrl-S must not keep new jobs from the lanes.
final class LineOutput: Sendable {
    /// Yields once the reader has gone.
    let lost: AsyncStream<Void>
    private let sink: AsyncStream<Void>.Continuation
    private let queue = DispatchQueue(label: "output")
    private let waiting = Mutex(0)

    /// Lines that may wait; beyond them, somebody has stopped reading for good, and lines are dropped.
    private static let capacity = 100_000

    init() { (lost, sink) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1)) }

    /// Writes a line, in the order of the calls, some time soon.
    @Sendable func write(_ line: String) {
        let hasRoom = waiting.withLock { count in
            guard count < Self.capacity else { return false }
            count += 1
            return true
        }
        guard hasRoom else { return }
        queue.async { [self] in
            if Output.tryLine(line) == EPIPE { sink.yield() }
            waiting.withLock { $0 -= 1 }
        }
    }

    /// Returns when all lines have been written.
    func flush() { queue.sync {} }
}
