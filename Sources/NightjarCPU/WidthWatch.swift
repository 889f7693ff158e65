/// Which number of hashes at once is the fastest, which caches, page tables and whoever shares them decide: watched with work
/// that is to be done anyway.
///
/// A batch is not like another, and something may disturb it, so it is medians of a width's last batches that are
/// compared. At first the widths take turns; then the fastest has nearly all batches, and the others one now and then, for
/// what is fastest may change while a machine runs for months.
package struct WidthWatch {
    /// The widths in question, rising.
    package let widths: [Int]
    /// Their index in `widths`: the fastest; `nil` until each has had its turns.
    private var best: Int?
    /// One batch of so many goes to a width that is not the fastest.
    private static let exploring = 24
    /// A faster one must be faster by this to take over: going to and fro gains nothing.
    private static let margin = 0.985
    /// A width's last batches that are remembered.
    private static let memory = 11

    /// Seconds per hash, `memory` of each width one after the other, the oldest overwritten first.
    private var times: [Double]
    /// Batches that each width has had.
    private var counts: [Int]
    private var batches = 0
    /// Which width is tried when the next one is to be.
    private var explored = 0

    /// - Parameter widths: rising, at least one.
    package init(widths: [Int]) {
        precondition(!widths.isEmpty && widths == widths.sorted(), "widths rise")
        self.widths = widths
        times = Array(repeating: 0, count: widths.count * Self.memory)
        counts = Array(repeating: 0, count: widths.count)
        if widths.count == 1 { best = 0 }
    }

    /// The width to hash the next batch with.
    package var next: Int { widths[nextIndex] }

    /// The fastest width, once each has had its turns.
    package var fastest: Int? { best.map { widths[$0] } }

    private var nextIndex: Int {
        guard let best else { return batches % widths.count }
        guard widths.count > 1, batches % Self.exploring == 0 else { return best }
        // All but the best, in turn.
        let other = explored % (widths.count - 1)
        return other < best ? other : other + 1
    }

    /// Notes how long a hash took in the batch that was hashed with ``next``. Allocates nothing.
    ///
    /// - Returns: whether ``fastest`` has changed.
    package mutating func note(secondsPerHash seconds: Double) -> Bool {
        let index = nextIndex
        if best != nil, index != best { explored += 1 }
        times[index * Self.memory + counts[index] % Self.memory] = seconds
        counts[index] += 1
        batches += 1
        guard widths.count > 1 else { return false }
        guard let best else {
            guard counts.allSatisfy({ $0 >= Self.memory }) else { return false }
            // The narrowest of equals: it takes up new jobs sooner.
            self.best = widths.indices.min { median($0) < median($1) }
            return true
        }
        // Nothing of what is compared has changed but this one.
        guard index != best, median(index) < median(best) * Self.margin else { return false }
        self.best = index
        return true
    }

    /// The middle one of a width's last times: as many are shorter as are longer. They are few enough to be counted.
    private func median(_ index: Int) -> Double {
        let own = index * Self.memory..<(index + 1) * Self.memory
        for candidate in own {
            var (shorter, equal) = (0, 0)
            for other in own {
                if times[other] < times[candidate] { shorter += 1 }
                if times[other] == times[candidate] { equal += 1 }
            }
            if shorter <= Self.memory / 2, shorter + equal > Self.memory / 2 { return times[candidate] }
        }
        return times[own.lowerBound]
    }
}
