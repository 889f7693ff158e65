import Glibc
import Synchronization

/// A thread of the operating system, for work that would block Swift's cooperative pool.
///
/// It pins itself, from inside, with ``Topology/pinThread(to:)``. Its owner must join it before it drops its last
/// reference; joining again does no harm. A thread that outlives its owner is a leak, and traps.
package final class PinnedThread: Sendable {
    private struct State {
        var handle: pthread_t?
        var ended = false
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    private let state: Locked<State>

    /// For tests: returns the error code that a thread's start fails with, or 0 to let the thread start. It holds for
    /// the whole process.
    package static let refusal = Locked<(@Sendable (_ name: String) -> Int32)?>(nil)

    /// The lowest priority: such a thread runs almost only when no other thread needs the processing unit.
    package static let lowestPriority = 19

    /// Starts the thread.
    ///
    /// - Parameters:
    ///   - name: system tools show it, cut after 15 bytes.
    ///   - niceness: how much priority the thread gives up, 0 to 19, as `nice` counts it. A thread is never less nice
    ///     than the process's first thread, and with 0 it is as nice as the thread that starts it.
    /// - Throws: when the system refuses the thread, as it does at a user's or a container's limit.
    package init(name: String, niceness: Int = 0, body: @escaping @Sendable () -> Void) throws(ThreadError) {
        state = Locked(State())
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
        // The thread's body has ended, and the rest takes microseconds: this hardly blocks.
        join()
    }

    /// libdispatch gives its threads a niceness of their own where it may, as it may for root. What they start would
    /// inherit it, and a program that was started by `nice` would hash as if it had not been.
    private static func lowerPriority(to nice: Int) {
        let which = __priority_which_t(PRIO_PROCESS.rawValue)
        // On Linux, the process's number means its first thread, and 0 the calling thread.
        let wanted = max(nice > 0 ? Int32(nice) : .min, getpriority(which, id_t(getpid())))
        if wanted > getpriority(which, 0) { _ = setpriority(which, 0, wanted) }
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

    /// The values that the new thread needs. Unchecked: they are written before `pthread_create`, which orders these
    /// writes before the thread's reads.
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
