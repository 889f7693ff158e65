import NightjarPlatform
import Synchronization

/// The ``WidthWatch`` of lanes that share a cache. Each batch locks it twice, only to note a number.
package final class SharedWidths: Sendable {
    /// A lane's membership.
    package final class Member: Sendable {
        private let shared: SharedWidths
        /// What there is to choose from.
        package var list: [Int] { shared.choice.list }

        init(_ shared: SharedWidths) {
            self.shared = shared
            shared.watch.withLock { $0.join() }
        }

        deinit { shared.watch.withLock { $0.leave() } }

        package var turn: WidthWatch.Turn { shared.watch.withLock { $0.turn } }

        /// Hashes a batch and notes its rate.
        ///
        /// - Parameter hashes: the number of hashes; `nil` when the batch says nothing about the width, because it is
        ///   not a whole one.
        /// - Returns: the next turn.
        package func batch(_ turn: WidthWatch.Turn, hashes: Int?, _ body: () -> Void) -> WidthWatch.Turn {
            let counts = shared.watch.withLock { $0.begin(turn) }
            // While another program has the core, the lane's own time stands still: the widths are not to blame.
            let (begin, used) = (ContinuousClock.now, ThreadTime.seconds)
            body()
            let own = ThreadTime.seconds - used
            let end = ContinuousClock.now
            let rate = counts && own > 0 ? hashes.map { Double($0) / own } : nil
            let (seconds, time) = ((end - begin) / .seconds(1), (end - shared.start) / .seconds(1))
            return shared.watch.withLock {
                $0.end(turn, rate: rate, seconds: seconds, at: time)
                return $0.turn
            }
        }
    }

    /// The possible widths. A lane with fewer scratchpads makes as many hashes at once as it can.
    let choice: CPUWidths
    private let watch: Locked<WidthWatch>
    private let start = ContinuousClock.now

    init(_ choice: CPUWidths) {
        self.choice = choice
        watch = Locked(WidthWatch(choice.list, first: choice.first))
    }
}
