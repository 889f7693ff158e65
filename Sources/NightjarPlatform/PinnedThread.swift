import Glibc
import Synchronization

/// A thread of the operating system, for work that would block Swift's cooperative pool.
///
/// It pins itself, from inside, with ``Topology/pinThread(to:)``. Whoever makes it must join it, once or more often,
/// before letting go of it: a thread that outlives its owner is a leak, and traps.
package final class PinnedThread: Sendable {
    private struct State {
        var handle: pthread_t?
        var ended = false
        var waiters: [CheckedContinuation<Void, Never>] = []
    }

    private let state: Mutex<State>

    /// How much priority every thread that is started from now on gives up, 0 to 19, as `nice` counts it. One for the
    /// whole process, as the machine that it spares is.
    package static let niceness = Atomic(0)

    /// Starts the thread.
    ///
    /// - Parameter name: shown by system tools, which cut it after 15 bytes.
    package init(name: String, body: @escaping @Sendable () -> Void) {
        state = Mutex(State())
        let launch = Launch(name: String(decoding: name.utf8.prefix(15), as: UTF8.self), body: body)
        launch.thread = self
        let raw = Unmanaged.passRetained(launch).toOpaque()
        var handle = pthread_t()
        let result = pthread_create(
            &handle, nil,
            { raw in
                guard let raw else { return nil }
                let launch = Unmanaged<Launch>.fromOpaque(raw).takeRetainedValue()
                TextFile.write(launch.name, to: "/proc/thread-self/comm")
                PinnedThread.lowerPriority(to: PinnedThread.niceness.load(ordering: .relaxed))
                launch.body()
                launch.thread?.end()
                return nil
            }, raw)
        // A process that may not have one more thread can't do any of its work.
        precondition(result == 0, "pthread_create: \(errorText(result))")
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
        // Its body is over: what is left of it takes microseconds, so that this blocks nobody.
        join()
    }

    /// Gives the calling thread the lowest priority: it runs when others leave a processing unit idle, and hardly else.
    /// A system that has no such thing for threads lets it run as any other.
    package static func yieldToOthers() { lowerPriority(to: 19) }

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
        let body: @Sendable () -> Void
        var thread: PinnedThread?

        init(name: String, body: @escaping @Sendable () -> Void) {
            self.name = name
            self.body = body
        }
    }
}
