import Glibc
import NightjarPlatform
import Synchronization

/// Makes calls that may never return, one after the other, on a thread that exists only while there are calls to make.
///
/// The thread is detached: if a driver never returns from a release, the thread stays until the process ends.
final class ReleaseThread: Sendable {
    static let shared = ReleaseThread()

    private struct State {
        var calls: [@Sendable () -> Void] = []
        var isWorking = false
    }

    private let state = Locked(State())

    /// Makes `call` later. Returns at once.
    func queue(_ call: @escaping @Sendable () -> Void) {
        let starts = state.withLock { state in
            state.calls.append(call)
            defer { state.isWorking = true }
            return !state.isWorking
        }
        if starts { start() }
    }

    private func start() {
        var thread = pthread_t()
        let code = pthread_create(
            &thread, nil,
            { _ in
                while let call = ReleaseThread.shared.next() { call() }
                return nil
            }, nil)
        guard code == 0 else {
            // Without a thread the calls stay queued. The next one tries again to start a thread.
            state.withLock { $0.isWorking = false }
            return
        }
        pthread_detach(thread)
    }

    private func next() -> (@Sendable () -> Void)? {
        state.withLock { state in
            guard !state.calls.isEmpty else {
                state.isWorking = false
                return nil
            }
            return state.calls.removeFirst()
        }
    }
}
