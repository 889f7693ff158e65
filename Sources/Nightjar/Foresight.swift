import NightjarCPU
import NightjarCore
import NightjarDevices
import NightjarPlatform

/// Makes ready for the next epoch while the current one is mined: one thread, of the lowest priority, for a second or
/// so each epoch.
///
/// Of a seed it makes a cache, which is a quarter of a second to a second of one thread's work; the dataset is built
/// when the epoch comes, in the memory of the last one. Of a height it makes CryptoNight-R's program, for devices that
/// compile.
final class Foresight: Sendable {
    private struct Expected: Hashable {
        let algorithm: Algorithm
        let epoch: Epoch
    }

    private struct State {
        var wanted: Expected?
        /// The last one that was made ready for.
        var last: Expected?
        var isClosed = false
    }

    private let state: Monitor<State>
    private let thread: PinnedThread

    /// - Parameter backends: those that are to be ready.
    /// - Throws: ``ThreadError``.
    init(_ backends: [any Backend]) throws(ThreadError) {
        let state = Monitor(State())
        self.state = state
        thread = try PinnedThread(name: "next epoch", niceness: PinnedThread.lowestPriority) {
            while let next = Self.next(state) {
                for backend in backends { backend.prepareAhead(next.algorithm, next.epoch) }
            }
        }
    }

    /// Says that work of `algorithm` is going to have `epoch`. Returns at once.
    func expect(_ algorithm: Algorithm, _ epoch: Epoch) {
        let expected = Expected(algorithm: algorithm, epoch: epoch)
        guard state.withLock({ $0.last != expected }) else { return }
        state.change { state in
            state.last = expected
            state.wanted = expected
        }
    }

    /// Ends the thread, after what it has in hand.
    func finish() async {
        state.change { $0.isClosed = true }
        await thread.joined()
    }

    /// The same before anything was expected, when it takes no time. Blocks the thread.
    func abandon() {
        state.change { $0.isClosed = true }
        thread.join()
    }

    private static func next(_ state: Monitor<State>) -> Expected? {
        state.wait { state -> Expected?? in
            if state.isClosed { return .some(nil) }
            guard let next = state.wanted else { return nil }
            state.wanted = nil
            return .some(next)
        }
    }
}
