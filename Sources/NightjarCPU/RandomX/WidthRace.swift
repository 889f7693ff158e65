/// Which number of hashes side by side is the fastest, which a processor's caches and page tables decide: found out with work
/// that is to be done anyway.
///
/// Batches of work take turns with the widths. A batch is not like another, and something may disturb it, so each width has
/// several, and the median counts.
package struct WidthRace {
    package struct Winner {
        package let width: Int
        /// One sentence.
        package let remark: String
    }

    private static let rounds = 11
    /// One batch after the other: the first width, the second, and so on, and again.
    private var times: [Duration] = []
    private let winners: [Winner]

    /// - Parameter widths: 1 to this are tried.
    package init(widths: Int) {
        precondition(widths >= 1)
        winners = (1...widths).map { width in
            Winner(
                width: width,
                remark: width == 1
                    ? "one hash at a time, which was faster here than 2 to \(widths) side by side"
                    : "\(width) hashes side by side, the fastest of 1 to \(widths)")
        }
        times.reserveCapacity(widths * Self.rounds)
    }

    /// The width to hash the next batch with.
    package var next: Int { winners[times.count % winners.count].width }

    /// Notes how long the batch took that was hashed with ``next``. Allocates nothing.
    ///
    /// - Returns: the fastest width, once enough is known.
    package mutating func note(_ time: Duration) -> Winner? {
        times.append(time)
        guard times.count == winners.count * Self.rounds else { return nil }
        return winners.indices.min { median($0) < median($1) }.map { winners[$0] }
    }

    /// The middle one of a width's times: as many are shorter as are longer. They are few enough to be counted.
    private func median(_ index: Int) -> Duration {
        let own = stride(from: index, to: times.count, by: winners.count)
        for candidate in own {
            var (shorter, equal) = (0, 0)
            for other in own {
                if times[other] < times[candidate] { shorter += 1 }
                if times[other] == times[candidate] { equal += 1 }
            }
            if shorter <= Self.rounds / 2, shorter + equal > Self.rounds / 2 { return times[candidate] }
        }
        return times[index]
    }
}
