/// Finds the fastest number of hashes at once, the *width*, for lanes that share a cache. The cache, the page tables and
/// the other users of both decide which it is. Widths are tried first with hashes of no use, then watched with work that
/// is to be done anyway.
///
/// All lanes have the same width at a time, and it is their rates together that are compared. If each chose for itself,
/// one that takes more of the cache would be faster at the cost of the others, these would follow, and all would end at
/// a width that fills the cache twice over and is the slowest for all of them.
///
/// A width's turn is a *round*: it lasts until each lane has had a batch of it beside which no other width was hashed.
/// A *sweep* gives a round to each width that is still in the running, so that whatever the machine does meanwhile
/// meets all of them. A round is not like another, by a fifth or more where others use the cache too, so that those
/// that are far behind drop out at once, and those that are near go on until the mean of many rounds tells.
package struct WidthWatch {
    /// What a lane is to do next.
    package struct Turn: Sendable {
        package let width: Int
        /// Whether nothing but the trial's hashes are to be hashed so.
        package let isTrial: Bool
        /// The fastest width, once that is known.
        package let fastest: Int?
        fileprivate let index: Int
        fileprivate let change: Int
    }

    private enum Phase { case trying, comparing, settled }

    /// A trial's hashes are shorter than real ones, and few: it leaves so many at most for work to decide.
    private static let trial = (sweeps: 4, most: 4)
    /// After n sweeps, three at least, those are out that are slower than the fastest by more than this over the root
    /// of n.
    private static let doubt = 0.35
    /// Work decides after so many sweeps at the latest. A width's rounds that are remembered.
    private static let memory = 16
    /// As many of another width's rounds must be remembered for it to take over later.
    private static let enough = 8
    /// So many times as many hashes as in another width's round, about, are made with the fastest before that round:
    /// what is fastest may change while a machine runs for months.
    private static let exploring = 48
    /// A faster one must be faster by this to take over: going to and fro gains nothing.
    private static let margin = 1.015

    private let widths: [Int]
    /// Hashes of a batch, if that is not the width.
    private let batch: Int?
    private var phase: Phase
    /// Those that the sweeps go through, as indices into `widths`, rising.
    private var running: [Int]
    private var current = 0
    private var best: Int?
    /// Counts up whenever batches before and after are not to be compared.
    private var change = 0
    private var sweeps = 0
    /// Hashes of a lane since the last round of another width than the fastest, and how many of these rounds there
    /// were.
    private var made = 0
    private var explored = 0

    private var lanes = 0
    /// Batches under way, of each width, and of all.
    private var under: [Int]
    private var underWay = 0
    /// Of the round: the sum of the batches' rates, and their number.
    private var sum = 0.0
    private var noted = 0
    /// The lanes' mean rates in the last rounds, `memory` of each width one after the other, the oldest overwritten
    /// first. Once there is a fastest, those of the others are parts of its rate at that time, since the machine may
    /// have become faster or slower on the whole.
    private var rates: [Double]
    /// Rounds that each width has had.
    private var counts: [Int]

    /// - Parameters:
    ///   - widths: to choose from; if it is one alone, there is nothing to choose.
    ///   - tries: whether there is a trial before the first work.
    ///   - batch: how many hashes a batch has, if not as many as its width.
    package init(_ widths: ClosedRange<Int>, tries: Bool, batch: Int? = nil) {
        self.widths = Array(widths)
        self.batch = batch
        running = Array(self.widths.indices)
        under = running.map { _ in 0 }
        counts = running.map { _ in 0 }
        rates = Array(repeating: 0, count: running.count * Self.memory)
        phase = running.count == 1 ? .settled : tries ? .trying : .comparing
        best = running.count == 1 ? 0 : nil
    }

    /// What a lane whose last batch has ended is to do next.
    package var turn: Turn {
        Turn(
            width: widths[current], isTrial: phase == .trying, fastest: best.map { widths[$0] }, index: current,
            change: change)
    }

    /// The widths that are still in the running, rising.
    package var candidates: [Int] { running.map { widths[$0] } }

    package mutating func join() { lanes += 1 }
    package mutating func leave() { lanes -= 1 }

    /// A lane's batch begins.
    ///
    /// - Returns: whether it will say something about its width, if it is a whole one: no batch of another is under
    ///   way.
    package mutating func begin(_ turn: Turn) -> Bool {
        under[turn.index] += 1
        underWay += 1
        return turn.change == change && under[turn.index] == underWay
    }

    /// A lane's batch has ended. Allocates nothing once there is work.
    ///
    /// - Parameter rate: hashes per second; `nil` if that says nothing.
    package mutating func end(_ turn: Turn, rate: Double?) {
        under[turn.index] -= 1
        underWay -= 1
        guard widths.count > 1, let rate, turn.change == change else { return }
        sum += rate
        noted += 1
        guard noted >= lanes else { return }
        let base = best.map { $0 == current ? 1 : mean($0) } ?? 1
        if base > 0 {
            rates[current * Self.memory + counts[current] % Self.memory] = sum / Double(noted) / base
            counts[current] += 1
        }
        (sum, noted) = (0, 0)
        endRound()
    }

    private mutating func endRound() {
        switch phase {
        case .trying: if endsSweep() { endTrialSweep() }
        case .comparing: if endsSweep() { endSweep() }
        case .settled: explore()
        }
    }

    /// Goes on to the next width of the sweep, or to the first of the next one.
    ///
    /// - Returns: whether that was the sweep's last round.
    private mutating func endsSweep() -> Bool {
        let next = (running.firstIndex(of: current) ?? 0) + 1
        if next == running.count { sweeps += 1 }
        take(running[next % running.count])
        return next == running.count
    }

    private mutating func take(_ index: Int) {
        if index != current { change += 1 }
        current = index
    }

    private mutating func endTrialSweep() {
        dropOut()
        guard sweeps >= Self.trial.sweeps || running.count == 1 else { return take(running[0]) }
        running = running.sorted { mean($0) > mean($1) }.prefix(Self.trial.most).sorted()
        // Its rates are not those of work.
        for index in counts.indices { counts[index] = 0 }
        sweeps = 0
        change += 1
        phase = .comparing
        take(running[0])
        if running.count == 1 { settle(running[0]) }
    }

    private mutating func endSweep() {
        dropOut()
        if sweeps >= Self.memory || running.count == 1 { settle(fastestRunning) } else { take(running[0]) }
    }

    private mutating func dropOut() {
        guard sweeps >= 3 else { return }
        let least = mean(fastestRunning) * (1 - Self.doubt / Double(sweeps).squareRoot())
        var place = 0
        while place < running.count {
            if mean(running[place]) < least { running.remove(at: place) } else { place += 1 }
        }
    }

    /// The narrowest of equals: it takes up new jobs sooner.
    private var fastestRunning: Int { running.reduce(running[0]) { mean($1) > mean($0) ? $1 : $0 } }

    private mutating func settle(_ index: Int) {
        best = index
        phase = .settled
        rebase(on: index)
        take(index)
    }

    /// Has the others' rates as parts of one's mean.
    private mutating func rebase(on index: Int) {
        let base = mean(index)
        guard base > 0 else { return }
        for place in rates.indices where place / Self.memory != index { rates[place] /= base }
    }

    /// Nearly all rounds are the fastest's; the others have one now and then.
    private mutating func explore() {
        guard let best else { return }
        if current == best {
            made += batch ?? widths[best]
            let next = other(than: best)
            guard made >= Self.exploring * (batch ?? widths[next]) else { return }
            (made, explored) = (0, explored + 1)
            return take(next)
        }
        // Nothing of what is compared has changed but this one.
        guard counts[current] >= Self.enough, mean(current) > Self.margin else { return take(best) }
        // The one that was the fastest is a part of this one's rate now, and this one's own is to be seen.
        for place in 0..<Self.memory { rates[best * Self.memory + place] = 1 }
        counts[best] = Self.memory
        rebase(on: current)
        counts[current] = 0
        self.best = current
    }

    /// Which to try next: by turns a neighbour of the fastest, which may well be as fast, and any.
    private func other(than best: Int) -> Int {
        if explored % 2 == 0 {
            let neighbour = explored % 4 == 0 ? best + 1 : best - 1
            return widths.indices.contains(neighbour) ? neighbour : 2 * best - neighbour
        }
        let any = explored / 2 % (widths.count - 1)
        return any < best ? any : any + 1
    }

    /// Of a width's last rounds.
    private func mean(_ index: Int) -> Double {
        let count = min(counts[index], Self.memory)
        guard count > 0 else { return 0 }
        return (0..<count).reduce(0) { $0 + rates[index * Self.memory + $1] } / Double(count)
    }
}
