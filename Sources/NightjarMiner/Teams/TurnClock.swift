/// Shares time between pools by their weights: says which pool has the next turn, and for how long.
///
/// A cycle gives each pool one turn, as long as its weight says. The first turn of all is half as long, so that at any moment
/// each pool is ahead of its part by as much as it will be behind. A turn longer than the slice is told in parts.
package struct TurnClock: Sendable {
    package struct Turn: Sendable, Hashable {
        /// The index of the pool's weight.
        package let pool: Int
        package let seconds: Double
    }

    /// No turn is shorter, unless a slice is: a pool's connection and a RandomX dataset take seconds.
    private static let leastTurn = 30.0

    /// Each pool's time in a cycle, in seconds.
    private let turns: [Double]
    private let slice: Double
    private var pool = 0
    /// What is left of the pool's turn beyond the present part of it.
    private var beyond: Double
    /// What is left of the present part.
    private var left = 0.0

    /// - Parameters:
    ///   - weights: at least one, all above 0; a programmer's error otherwise.
    ///   - slice: the longest part of a turn, in seconds.
    package init(_ weights: [Double], slice: Double) {
        precondition(!weights.isEmpty && weights.allSatisfy { $0 > 0 } && slice > 0)
        let sum = weights.reduce(0, +)
        let parts = weights.map { $0 / sum }
        let (least, most) = (parts.min() ?? 1, parts.max() ?? 1)
        let cycle = max(slice / most, min(Self.leastTurn, slice) / least)
        turns = parts.map { $0 * cycle }
        self.slice = slice
        beyond = turns[0] / 2
    }

    /// Begins the first turn.
    package mutating func begin() -> Turn { part() }

    /// Lets time pass in which the devices could work.
    ///
    /// - Returns: what begins now; `nil` while the present part lasts.
    package mutating func pass(_ seconds: Double) -> Turn? {
        // The rest of a long time, as after a suspended night, tells nothing of fairness.
        left -= min(max(0, seconds), turns.reduce(0, +))
        guard left <= 0 else { return nil }
        var next: Turn?
        while left <= 0 {
            if beyond <= 0 {
                pool = (pool + 1) % turns.count
                beyond = turns[pool]
            }
            next = part()
        }
        return next
    }

    /// Begins the next part of the present pool's turn. Time that has passed already is taken off it.
    private mutating func part() -> Turn {
        let seconds = min(beyond, slice)
        // A rest of less than a second is no part of its own.
        beyond = beyond - seconds < 1 ? 0 : beyond - seconds
        left += seconds
        return Turn(pool: pool, seconds: seconds)
    }
}
