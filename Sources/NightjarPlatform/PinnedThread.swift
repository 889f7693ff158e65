import Glibc
import Synchronization

/// A thread that the system would not start. The description is one line.
package struct ThreadError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The thread's name.
    package let thread: String
    /// What `pthread_create` returned.
    package let code: Int32

    package init(thread: String, code: Int32) {
        self.thread = thread
        self.code = code
    }

    package var description: String {
        let words = "the thread '\(thread)' could not be started: \(errorText(code))"
        // The system's words name a resource, and this is the one that is meant.
        guard code == EAGAIN else { return words }
        return words + " (a limit on processes and threads: the user's, 'ulimit -u', or a container's, pids.max)"
    }
}

/// A thread of the operating system, for work that would block Swift's cooperative pool.
///
/// It pins itself, from inside, with ``Topology/pinThread(to:)``. Its owner must join it, once or more often, before
/// letting go of it: a thread that outlives its owner is a leak, and traps.
package final class PinnedThread: Sendable {
    private struct State {
        var handle: pthread_t?
        var ended = false
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    private let state: Mutex<State>

    /// For tests: says what code a thread's start fails with, or 0 to let it start. It counts for the whole process.
    package static let refusal = Mutex<(@Sendable (_ name: String) -> Int32)?>(nil)

    /// The lowest priority that there is: such a thread runs when others leave a processing unit idle, and hardly
    /// otherwise.
    package static let lowestPriority = 19

    /// Starts the thread.
    ///
    /// - Parameters:
    ///   - name: shown by system tools, which cut it after 15 bytes.
    ///   - niceness: how much priority it gives up, 0 to 19, as `nice` counts it. With 0 it is as nice as the thread
    ///     that starts it: that is how all threads of a mining run get theirs.
    /// - Throws: when the system refuses the thread, as it does at a limit of the user's or of a container.
    package init(name: String, niceness: Int = 0, body: @escaping @Sendable () -> Void) throws(ThreadError) {
        state = Mutex(State())
        let launch = Launch(
            name: String(decoding: name.utf8.prefix(15), as: UTF8.self), niceness: niceness, body: body)
        launch.thread = self
        let raw = Unmanaged.passRetained(launch)
        var handle = pthread_t()
        let refused = Self.refusal.withLock { $0 }?(name) ?? 0
        let result =
            refused != 0
            ? refused
            : pthread_create(
                &handle, nil,
                { raw in
                    guard let raw else { return nil }
                    let launch = Unmanaged<Launch>.fromOpaque(raw).takeRetainedValue()
                    TextFile.write(launch.name, to: "/proc/thread-self/comm")
                    PinnedThread.lowerPriority(to: launch.niceness)
                    launch.body()
                    launch.thread?.end()
                    return nil
                }, raw.toOpaque())
        guard result == 0 else {
            raw.release()
            throw ThreadError(thread: name, code: result)
        }
        state.withLock { $0.handle = handle }
    }

    deinit {
        state.withLock { precondition($0.handle == nil, "a thread was not joined") }
    }

    /// Blocks the calling thread until this one has ended. Not for async code.
    package func join() {
        guard let handle = takeHandle() else { return }
        let result = pthread_join(handle, nil)
        precondition(result == 0, "pthread_join: \(errorText(result))")
    }

    /// Waits until the thread has ended, and joins it.
    package func joined() async {
        await withCheckedContinuation { continuation in
            let ended = state.withLock { state in
                if !state.ended { state.waiters.append(continuation) }
                return state.ended
            }
            if ended { continuation.resume() }
        }
        // Its body is over: what is left of it takes microseconds, so that this does not block.
        join()
    }

    private static func lowerPriority(to nice: Int) {
        // On Linux, 0 means the calling thread, and no other of its process.
        if nice > 0 { _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, Int32(nice)) }
    }

    private func takeHandle() -> pthread_t? {
        state.withLock { state in
            defer { state.handle = nil }
            return state.handle
        }
    }

    private func end() {
        let waiters = state.withLock { state in
            state.ended = true
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.resume() }
    }

    /// What crosses into the new thread. Unchecked: written before `pthread_create`, which orders it before the reads.
    private final class Launch: @unchecked Sendable {
        let name: String
        let niceness: Int
        let body: @Sendable () -> Void
        var thread: PinnedThread?

        init(name: String, niceness: Int, body: @escaping @Sendable () -> Void) {
            self.name = name
            self.niceness = niceness
            self.body = body
        }
    }
}
