import Glibc

/// Finds the fastest number of hashes at once, the *width*, for lanes that share a cache, while they work. It depends on
/// the cache, on the page tables and on the other users of both, which come and go.
///
/// All lanes have the same width at a time, and the mean of their rates is compared. If each lane chose for itself, a
/// lane that takes more of the cache would be faster at the cost of the others. The others would follow, and all would
/// end at a width that overfills the cache and is the slowest for all.
///
/// A width's turn is a *round*: each lane hashes a batch or more at that width, while no lane uses another width. After a
/// round of another width than the fastest, its rate is set in relation to the fastest width's rounds just before, so
/// that what slows all widths alike does not count. The watch keeps each width's *ratio* and how uncertain it is: less
/// after each round, and more with time.
///
/// At first every width that may be the fastest takes turns with the one that is, until there is none. From then on tries
/// may lose a fixed part of the time: half of it goes to widths that may be faster, for all that is known, and half to
/// the others in turn. A try of a width that is far behind is short. When rates change, other programs have come or gone,
/// and tries may lose a little more at once. When they have not changed for long, tries may lose far less.
package struct WidthWatch {
    /// A lane's next turn.
    package struct Turn: Sendable {
        package let width: Int
        /// The fastest width as far as is known.
        package let best: Int
        /// The fastest width, once every other has been compared.
        package let fastest: Int?
        fileprivate let index: Int
        fileprivate let change: Int
    }

    /// What is known of a width.
    private struct Ratio {
        /// The logarithm of its rate as a part of the fastest width's, and that number's variance.
        var log = 0.0
        var variance = WidthWatch.unknown
        /// The variance of the logarithm of a round's rate.
        var noise = WidthWatch.usualNoise
        var isKnown = false
        /// When it was tried last.
        var tried = -Double.infinity
    }

    /// A round lasts so many seconds at least: shorter ones differ by chance.
    private static let shortest = 0.1
    /// A try loses so many seconds of hashing, about. But it lasts so long at least and at most.
    private static let cost = 0.01
    private static let shortestTry = 0.02
    private static let longestTry = 0.2
    /// Seconds after which the search ends.
    private static let longestSearch = 6.0
    /// The variance of a ratio of which nothing is known, and how much it grows in a second.
    private static let unknown = 1.0
    private static let drift = 0.0005
    /// The variance by chance before it is known, and the least.
    private static let usualNoise = 0.0025
    private static let leastNoise = 0.0001
    /// A width may be faster when its ratio is above `gain` after adding so many standard deviations.
    private static let gain = 0.01
    private static let deviations = 1.5
    /// It takes over when its ratio is above `margin` by so many standard deviations.
    private static let margin = 0.01
    private static let sureness = 0.5
    /// How much a round counts in the fastest width's rate, and in what is known of chance.
    private static let weight = 0.25
    private static let chanceWeight = 0.1
    /// A rate that differs from the expected one by more than so many standard deviations tells of another load.
    private static let surprise = 4.0
    /// The part of the time that may be lost to tries of widths that may be faster, and as much to tries of the others;
    /// and seconds that may be lost when the load has changed.
    private static let loss = 0.005
    private static let grant = 0.03
    /// The part when no load has changed for so many seconds: a machine that only mines should lose nearly nothing.
    private static let calmLoss = 0.001
    private static let longCalm = 30.0
    /// Seconds after a change of the load in which no other is seen.
    private static let calm = 4.0
    /// Rounds of the fastest width between two tries.
    private static let between = 2
    /// Lanes that rested for so many seconds may find another load.
    private static let longestRest = 30.0

    private let widths: [Int]
    private var current: Int
    private var best: Int
    /// Whether the fastest width has been found once.
    private var isFound: Bool
    /// It changes whenever batches before and after must not be compared.
    private var change = 0

    private var ratios: [Ratio]
    /// The logarithm of the fastest width's rate in its last rounds; `nil` before the first.
    private var level: Double?
    /// The same when the load was last seen to change.
    private var reference = 0.0
    /// The rate of the last round, when it was the fastest width's.
    private var last: Double?
    /// Seconds of hashing that may be lost by tries of widths that may be faster, and of the others; below 0 there is none.
    private var hopeful = 0.0
    private var hopeless = 0.0
    /// The rounds of the fastest width since a try.
    private var rounds = 0
    /// When the first and the last round ended, and when another load was seen.
    private var start = 0.0
    private var time = 0.0
    private var changed = 0.0

    private var lanes = 0
    /// The number of unfinished batches, of each width and of all.
    private var under: [Int]
    private var underWay = 0
    /// The sum and the number of the rates of this round's batches, and when the first of them began.
    private var sum = 0.0
    private var noted = 0
    private var begin: Double?

    /// - Parameters:
    ///   - widths: the possible widths, ascending. With only one there is nothing to choose.
    ///   - first: where to begin: one of them, or a number above one; `nil` for the widest.
    package init(_ widths: some Sequence<Int>, first: Int? = nil) {
        self.widths = Array(widths)
        let first = self.widths.lastIndex { $0 <= first ?? .max } ?? 0
        (current, best) = (first, first)
        isFound = self.widths.count == 1
        under = self.widths.map { _ in 0 }
        ratios = self.widths.map { _ in Ratio() }
        ratios[first].isKnown = true
        ratios[first].variance = 0
    }

    /// The next turn of a lane whose batch has ended.
    package var turn: Turn {
        Turn(
            width: widths[current], best: widths[best], fastest: isFound ? widths[best] : nil, index: current,
            change: change)
    }

    package mutating func join() { lanes += 1 }
    package mutating func leave() { lanes -= 1 }

    /// Notes that a lane's batch begins.
    ///
    /// - Returns: whether its rate will count for its width, if the batch is a whole one: no batch of another width is
    ///   unfinished.
    package mutating func begin(_ turn: Turn) -> Bool {
        under[turn.index] += 1
        underWay += 1
        return turn.change == change && under[turn.index] == underWay
    }

    /// Notes that a lane's batch has ended. Allocates nothing.
    ///
    /// - Parameters:
    ///   - rate: hashes per second; `nil` when the rate does not count.
    ///   - seconds: how long the batch took.
    ///   - time: when it ended, in seconds, by a clock that goes on while lanes rest.
    package mutating func end(_ turn: Turn, rate: Double?, seconds: Double, at time: Double) {
        under[turn.index] -= 1
        underWay -= 1
        guard widths.count > 1, let rate, rate > 0, turn.change == change else { return }
        sum += rate
        noted += 1
        let begin = begin ?? time - seconds
        self.begin = begin
        guard noted >= lanes, time - begin >= least else { return }
        endRound(log(sum / Double(noted)), at: time)
        (sum, noted, self.begin) = (0, 0, nil)
    }

    /// Seconds that the present round takes at least: shorter ones differ by chance, and a try may not cost much.
    private var least: Double {
        guard isFound, current != best else { return Self.shortest }
        let behind = max(0, 1 - exp(ratios[current].log))
        return min(Self.longestTry, max(Self.shortestTry, Self.cost / max(behind, 1e-9)))
    }

    private mutating func endRound(_ rate: Double, at time: Double) {
        guard let level else {
            (level, reference, last) = (rate, rate, rate)
            (start, self.time, changed) = (time, time, time)
            return take(next)
        }
        let passed = max(0, time - self.time)
        self.time = time
        for index in ratios.indices where index != best { widen(index, Self.drift * passed) }
        if passed > Self.longestRest { doubt(Self.unknown) }
        if isFound {
            let loss = time - changed > Self.longCalm ? Self.calmLoss : Self.loss
            hopeful = max(hopeful, min(0, hopeful + loss * passed))
            hopeless = min(0, hopeless + loss * passed)
        }
        if current == best {
            if let last { learn(best, (rate - last) * (rate - last) / 2, expected: ratios[best].noise) }
            self.level = level + Self.weight * (rate - level)
            last = rate
            rounds += 1
            watchLevel()
            take(next)
        } else {
            let tried = current
            last = nil
            rounds = 0
            let isHopeful = mayBeFaster(tried)
            compare(rate - level)
            ratios[tried].tried = time
            let cost = max(0, 1 - exp(ratios[tried].log)) * passed
            if isHopeful { hopeful -= cost } else { hopeless -= cost }
            take(best)
        }
    }

    /// Learns how much a width's rounds differ by chance. What is far off is an interruption.
    private mutating func learn(_ index: Int, _ square: Double, expected: Double) {
        let square = min(square, 9 * expected) - (expected - ratios[index].noise)
        ratios[index].noise += Self.chanceWeight * (square - ratios[index].noise)
        ratios[index].noise = max(Self.leastNoise, ratios[index].noise)
    }

    /// The fastest width's rate is a mean of some rounds; this is its variance by chance.
    private var chanceOfLevel: Double { ratios[best].noise * Self.weight / (2 - Self.weight) }

    /// When the fastest width's own rate has changed, other programs have come or gone.
    private mutating func watchLevel() {
        guard let level else { return }
        let difference = level - reference
        guard isSurprising(difference, 2 * chanceOfLevel) else { return }
        reference = level
        doubt(difference)
    }

    private func isSurprising(_ difference: Double, _ variance: Double) -> Bool {
        difference * difference > Self.surprise * Self.surprise * variance
    }

    /// Ratios may have changed by so much. Widths that may be faster now are tried at once.
    private mutating func doubt(_ difference: Double) {
        guard time - changed >= Self.calm else { return }
        changed = time
        for index in ratios.indices where index != best {
            widen(index, difference * difference / (Self.deviations * Self.deviations))
        }
        hopeful = Self.grant
    }

    /// Takes in another width's round, as a ratio.
    private mutating func compare(_ ratio: Double) {
        let chance = ratios[current].noise + chanceOfLevel
        let error = ratio - ratios[current].log
        if ratios[current].isKnown {
            let expected = ratios[current].variance + chance
            if isSurprising(error, expected) {
                doubt(error)
                widen(current, error * error)
            }
            learn(current, error * error, expected: expected)
        }
        let share = ratios[current].variance / (ratios[current].variance + chance)
        ratios[current].log += share * error
        ratios[current].variance *= 1 - share
        ratios[current].isKnown = true
        if ratios[current].log > Self.margin + Self.sureness * ratios[current].variance.squareRoot() {
            makeBest(current)
        }
    }

    private mutating func widen(_ index: Int, _ variance: Double) {
        ratios[index].variance = min(Self.unknown, ratios[index].variance + variance)
    }

    /// Relates all ratios to another width's rate.
    private mutating func makeBest(_ index: Int) {
        let new = ratios[index]
        for other in ratios.indices {
            ratios[other].log -= new.log
            widen(other, new.variance)
        }
        (ratios[index].log, ratios[index].variance) = (0, 0)
        if let level { self.level = level + new.log }
        reference = level ?? 0
        best = index
    }

    private func mayBeFaster(_ index: Int) -> Bool {
        ratios[index].log + Self.deviations * ratios[index].variance.squareRoot() > Self.gain
    }

    /// The width of the next round, after one of the fastest: of those whose turn it may be, the one that has waited the
    /// longest.
    private var next: Int {
        mutating get {
            var next = best
            if !isFound {
                next = longestWaiting { mayBeFaster($0) }
                if next == best || time - start > Self.longestSearch { isFound = true }
            }
            if isFound, rounds >= Self.between {
                if hopeful >= 0 { next = longestWaiting { mayBeFaster($0) } }
                if next == best, hopeless >= 0 { next = longestWaiting { !mayBeFaster($0) } }
            }
            return next
        }
    }

    private func longestWaiting(_ isWanted: (Int) -> Bool) -> Int {
        var next = best
        for index in ratios.indices where index != best && isWanted(index) {
            if next == best || ratios[index].tried < ratios[next].tried { next = index }
        }
        return next
    }

    private mutating func take(_ index: Int) {
        if index != current { change += 1 }
        current = index
    }
}
