import NightjarCPU
import NightjarCore
import NightjarDevices
import NightjarPlatform

/// Prepares the next epoch while the current one is mined: one thread, for a second or so each epoch.
///
/// For a seed it computes the cache, which takes one thread a quarter of a second to a second. The dataset is built
/// when the epoch comes, in the memory of the last one. For a height it compiles CryptoNight-R's program, on devices
/// that compile.
final class EpochPreparer: Sendable {
    private struct NextEpoch: Hashable {
        let algorithm: Algorithm
        let epoch: Epoch
    }

    private struct State {
        var wanted: NextEpoch?
        /// The last one that was made ready for.
        var last: NextEpoch?
        var isClosed = false
    }

    private let state: Monitor<State>
    private let thread: PinnedThread

    /// - Parameters:
    ///   - backends: those that are to be ready.
    ///   - niceness: how much priority the thread gives up.
    /// - Throws: ``ThreadError``.
    init(_ backends: [any Backend], niceness: Int = PinnedThread.lowestPriority) throws(ThreadError) {
        let state = Monitor(State())
        self.state = state
        thread = try PinnedThread(name: "next epoch", niceness: niceness) {
            while let next = Self.next(state) {
                for backend in backends { backend.prepareAhead(next.algorithm, next.epoch) }
            }
        }
    }

    /// Says that work of `algorithm` is going to have `epoch`. Returns at once.
    func expect(_ algorithm: Algorithm, _ epoch: Epoch) {
        let expected = NextEpoch(algorithm: algorithm, epoch: epoch)
        guard state.withLock({ $0.last != expected }) else { return }
        state.change { state in
            state.last = expected
            state.wanted = expected
        }
    }

    /// Ends the thread, after what it has in hand, and blocks the calling one until then.
    func stop() {
        state.change { $0.isClosed = true }
        thread.join()
    }

    /// The same for a task.
    func stopped() async {
        state.change { $0.isClosed = true }
        await thread.joined()
    }

    private static func next(_ state: Monitor<State>) -> NextEpoch? {
        state.wait { state -> NextEpoch?? in
            if state.isClosed { return .some(nil) }
            guard let next = state.wanted else { return nil }
            state.wanted = nil
            return .some(next)
        }
    }
}
