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
    private struct State {
        var wanted: Epoch?
        /// The last one that was made ready for.
        var last: Epoch?
        var isClosed = false
    }

    private enum Epoch: Hashable {
        case seed(Algorithm, [UInt8])
        case height(Algorithm, UInt64)
    }

    private let state: Monitor<State>
    private let thread: PinnedThread

    /// - Parameter backends: those that are to be ready.
    /// - Throws: ``ThreadError``.
    init(_ backends: [any Backend]) throws(ThreadError) {
        let state = Monitor(State())
        self.state = state
        thread = try PinnedThread(name: "next epoch", niceness: PinnedThread.lowestPriority) {
            while let epoch = Self.next(state) {
                for backend in backends {
                    switch epoch {
                    case .seed(let algorithm, let seed): backend.foresee(algorithm, seed: seed)
                    case .height(let algorithm, let height): backend.foresee(algorithm, height: height)
                    }
                }
            }
        }
    }

    /// Says that work of `algorithm` is going to have `seed`. Returns at once.
    func expect(_ algorithm: Algorithm, seed: [UInt8]) { expect(.seed(algorithm, seed)) }

    /// Says that work of `algorithm` is going to have `height`. Returns at once.
    func expect(_ algorithm: Algorithm, height: UInt64) { expect(.height(algorithm, height)) }

    private func expect(_ epoch: Epoch) {
        guard state.withLock({ $0.last != epoch }) else { return }
        state.change { state in
            state.last = epoch
            state.wanted = epoch
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

    private static func next(_ state: Monitor<State>) -> Epoch? {
        state.wait { state -> Epoch?? in
            if state.isClosed { return .some(nil) }
            guard let epoch = state.wanted else { return nil }
            state.wanted = nil
            return .some(epoch)
        }
    }
}
