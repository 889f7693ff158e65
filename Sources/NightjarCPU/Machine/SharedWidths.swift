import Synchronization

/// The ``WidthWatch`` of lanes that share a cache. It is locked for as long as a figure takes to note, twice a batch.
package final class SharedWidths: Sendable {
    /// A lane that has work, or will have.
    package final class Member: Sendable {
        private let shared: SharedWidths
        /// What there is to choose from.
        package var range: ClosedRange<Int> { shared.choice.range }

        init(_ shared: SharedWidths) {
            self.shared = shared
            shared.watch.withLock { $0.join() }
        }

        deinit { shared.watch.withLock { $0.leave() } }

        package var turn: WidthWatch.Turn { shared.watch.withLock { $0.turn } }
        var candidates: [Int] { shared.watch.withLock { $0.candidates } }

        /// Hashes a batch in its turn.
        ///
        /// - Parameter hashes: how many, if so many say something about the width; `nil` otherwise.
        /// - Returns: the next turn.
        package func batch(_ turn: WidthWatch.Turn, hashes: Int?, _ body: () -> Void) -> WidthWatch.Turn {
            let counts = shared.watch.withLock { $0.begin(turn) }
            let begin = ContinuousClock.now
            body()
            let seconds = (ContinuousClock.now - begin) / .seconds(1)
            let rate = counts && seconds > 0 ? hashes.map { Double($0) / seconds } : nil
            return shared.watch.withLock {
                $0.end(turn, rate: rate)
                return $0.turn
            }
        }
    }

    /// What there is to choose from; a lane with scratchpads for fewer hashes makes as many as it can.
    let choice: CPUWidths
    private let watch: Mutex<WidthWatch>

    init(_ choice: CPUWidths) {
        self.choice = choice
        watch = Mutex(WidthWatch(choice.range, tries: choice.tries, batch: choice.batch))
    }
}
