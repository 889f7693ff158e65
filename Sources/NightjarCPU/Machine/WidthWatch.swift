/// Finds the fastest number of hashes at once, the *width*, for lanes that share a cache. It depends on the cache, on
/// the page tables and on the other users of both. Widths are first tried with trial hashes, whose results are not
/// used, and then compared during real work.
///
/// All lanes have the same width at a time, and the sum of their rates is compared. If each lane chose for itself, a
/// lane that takes more of the cache would be faster at the cost of the others. The others would follow, and all would
/// end at a width that overfills the cache and is the slowest for all.
///
/// A width's turn is a *round*. It lasts until each lane has hashed a batch at that width while no lane used another
/// width. A *sweep* is one round for each width that is still compared, so that disturbances from other programs hit
/// all widths alike. Rounds differ by chance, by a fifth or more when other programs use the cache. So widths that are
/// far slower drop out at once, and close ones are compared until the mean of many rounds decides.
package struct WidthWatch {
    /// A lane's next turn.
    package struct Turn: Sendable {
        package let width: Int
        /// Whether the turn is part of the trial and must not hash real work.
        package let isTrial: Bool
        /// The fastest width, once it is known.
        package let fastest: Int?
        fileprivate let index: Int
        fileprivate let change: Int
    }

    private enum Phase { case trying, comparing, decided }

    /// The trial's sweeps, and the most widths that it leaves for work to compare. Trial hashes are shorter than real
    /// ones, and few.
    private static let trial = (sweeps: 4, most: 4)
    /// After n sweeps, at least three, a width drops out when it is slower than the fastest by more than this part
    /// divided by √n.
    private static let doubt = 0.35
    /// The number of rounds that are remembered for each width. Work decides after this many sweeps at the latest.
    private static let memory = 16
    /// Another width can take over later only when this many of its rounds are remembered.
    private static let enough = 8
    /// The fastest width hashes about this many times longer than a round of another width. Other widths are still
    /// tried, because the fastest one may change while a machine runs for months.
    private static let exploring = 48
    /// Another width must be faster by this factor to take over: switching back and forth gains nothing.
    private static let margin = 1.015

    private let widths: [Int]
    /// The hashes of a batch; `nil` when it is the width.
    private let batch: Int?
    private var phase: Phase
    /// The widths in the sweeps, as ascending indices into `widths`.
    private var running: [Int]
    private var current = 0
    private var best: Int?
    /// It changes whenever batches before and after must not be compared.
    private var change = 0
    private var sweeps = 0
    /// A lane's hashes since the last round of another width than the fastest, and the number of such rounds.
    private var made = 0
    private var explored = 0

    private var lanes = 0
    /// The number of unfinished batches, of each width and of all.
    private var under: [Int]
    private var underWay = 0
    /// The sum and the number of the rates of this round's batches.
    private var sum = 0.0
    private var noted = 0
    /// The lanes' mean rates in the last rounds: `memory` numbers for each width, one width after the other; the oldest
    /// is overwritten first. Once there is a fastest width, the others' rates are stored as parts of its rate at that
    /// time, because the whole machine may become faster or slower.
    private var rates: [Double]
    /// The number of rounds of each width.
    private var counts: [Int]

    /// - Parameters:
    ///   - widths: the possible widths, ascending. With only one there is nothing to choose.
    ///   - tries: whether there is a trial before the first work.
    ///   - batch: the hashes of a batch; `nil` when it is the width.
    package init(_ widths: some Sequence<Int>, tries: Bool, batch: Int? = nil) {
        self.widths = Array(widths)
        self.batch = batch
        running = Array(self.widths.indices)
        under = running.map { _ in 0 }
        counts = running.map { _ in 0 }
        rates = Array(repeating: 0, count: running.count * Self.memory)
        phase = running.count == 1 ? .decided : tries ? .trying : .comparing
        best = running.count == 1 ? 0 : nil
    }

    /// The next turn of a lane whose batch has ended.
    package var turn: Turn {
        Turn(
            width: widths[current], isTrial: phase == .trying, fastest: best.map { widths[$0] }, index: current,
            change: change)
    }

    /// The widths that are still compared, in ascending order.
    package var comparedWidths: [Int] { running.map { widths[$0] } }

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

    /// Notes that a lane's batch has ended. Allocates nothing once there is work.
    ///
    /// - Parameter rate: hashes per second; `nil` when the rate does not count.
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
        case .decided: explore()
        }
    }

    /// Continues with the next width of the sweep, or with the first of the next sweep.
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
        // The trial's rates cannot be compared with those of work.
        for index in counts.indices { counts[index] = 0 }
        sweeps = 0
        change += 1
        phase = .comparing
        take(running[0])
        if running.count == 1 { decide(running[0]) }
    }

    private mutating func endSweep() {
        dropOut()
        if sweeps >= Self.memory || running.count == 1 { decide(fastestRunning) } else { take(running[0]) }
    }

    private mutating func dropOut() {
        guard sweeps >= 3 else { return }
        let least = mean(fastestRunning) * (1 - Self.doubt / Double(sweeps).squareRoot())
        var place = 0
        while place < running.count {
            if mean(running[place]) < least { running.remove(at: place) } else { place += 1 }
        }
    }

    /// The narrowest of equally fast widths: its lanes take up new jobs sooner.
    private var fastestRunning: Int { running.reduce(running[0]) { mean($1) > mean($0) ? $1 : $0 } }

    private mutating func decide(_ index: Int) {
        best = index
        phase = .decided
        rebase(on: index)
        take(index)
    }

    /// Stores the other widths' rates as parts of this width's mean.
    private mutating func rebase(on index: Int) {
        let base = mean(index)
        guard base > 0 else { return }
        for place in rates.indices where place / Self.memory != index { rates[place] /= base }
    }

    /// Gives nearly all rounds to the fastest width, and sometimes one to another.
    private mutating func explore() {
        guard let best else { return }
        if current == best {
            made += batch ?? widths[best]
            let next = other(than: best)
            guard made >= Self.exploring * (batch ?? widths[next]) else { return }
            (made, explored) = (0, explored + 1)
            return take(next)
        }
        // Only the present width has a new rate, so only it can take over.
        guard counts[current] >= Self.enough, mean(current) > Self.margin else { return take(best) }
        // The former fastest width's rates become parts of the new one's rate, and the new one's own rate will be
        // measured.
        for place in 0..<Self.memory { rates[best * Self.memory + place] = 1 }
        counts[best] = Self.memory
        rebase(on: current)
        counts[current] = 0
        self.best = current
    }

    /// The width to try next: in turn a neighbour of the fastest, which may well be as fast, and any other.
    private func other(than best: Int) -> Int {
        if explored % 2 == 0 {
            let neighbour = explored % 4 == 0 ? best + 1 : best - 1
            return widths.indices.contains(neighbour) ? neighbour : 2 * best - neighbour
        }
        let any = explored / 2 % (widths.count - 1)
        return any < best ? any : any + 1
    }

    /// The mean rate of a width's last rounds.
    private func mean(_ index: Int) -> Double {
        let count = min(counts[index], Self.memory)
        guard count > 0 else { return 0 }
        return (0..<count).reduce(0) { $0 + rates[index * Self.memory + $1] } / Double(count)
    }
}
