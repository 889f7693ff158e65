import NightjarPlatform

/// The bootstrap: how far a statistic of the samples may be from the truth, found by drawing from the samples again and
/// again (Efron 1979). The intervals are percentile intervals.
package enum Bootstrap {
    /// The draws for one interval.
    package static let resamples = 10_000
    /// The part of the draws that an interval holds.
    package static let confidence = 0.95
    /// "NIGHTJAR" in ASCII.
    package static let seed: UInt64 = 0x4E49_4748_544A_4152

    /// The 95 % interval of the median; `nil` for fewer than two values.
    package static func medianInterval(_ values: [Double]) -> ClosedRange<Double>? {
        guard values.count >= 2 else { return nil }
        var generator = SplitMix64(seed: seed)
        var draw = RankedDraw(values)
        return interval {
            draw.clear()
            for _ in values { draw.take(generator.index(below: values.count)) }
            return draw.median
        }
    }

    /// The 95 % interval of the ratio of two medians, a's by b's; `nil` where one has fewer than two values, or one that
    /// is not above zero.
    ///
    /// - Parameter isPaired: whether the i-th values of both were measured one after the other, so that what disturbed one
    ///   may have disturbed the other; they are drawn together then. Needs equal numbers of values.
    package static func ratioInterval(_ a: [Double], _ b: [Double], isPaired: Bool) -> ClosedRange<Double>? {
        guard a.count >= 2, b.count >= 2, (a + b).allSatisfy({ $0 > 0 }) else { return nil }
        var generator = SplitMix64(seed: seed)
        var (drawA, drawB) = (RankedDraw(a), RankedDraw(b))
        let drawsTogether = isPaired && a.count == b.count
        return interval {
            drawA.clear()
            drawB.clear()
            for _ in a {
                let index = generator.index(below: a.count)
                drawA.take(index)
                if drawsTogether { drawB.take(index) }
            }
            if !drawsTogether {
                for _ in b { drawB.take(generator.index(below: b.count)) }
            }
            return drawA.median / drawB.median
        }
    }

    private static func interval(_ statistic: () -> Double) -> ClosedRange<Double>? {
        let drawn = (0..<resamples).map { _ in statistic() }.sorted()
        let outside = (1 - confidence) / 2
        guard let low = SampleStatistics.quantile(ofSorted: drawn, outside),
            let high = SampleStatistics.quantile(ofSorted: drawn, 1 - outside)
        else { return nil }
        return low...high
    }
}

/// Medians of draws from the same values, without sorting each draw: the values are sorted once, and a draw is counted by
/// the values' ranks.
private struct RankedDraw {
    private let sorted: [Double]
    /// The rank of each value.
    private let ranks: [Int]
    private var counts: [Int]

    init(_ values: [Double]) {
        let order = values.indices.sorted { (values[$0], $0) < (values[$1], $1) }
        var ranks = [Int](repeating: 0, count: values.count)
        for (rank, index) in order.enumerated() { ranks[index] = rank }
        sorted = order.map { values[$0] }
        self.ranks = ranks
        counts = [Int](repeating: 0, count: values.count)
    }

    mutating func clear() {
        for rank in counts.indices { counts[rank] = 0 }
    }

    /// Draws the value with this index.
    mutating func take(_ index: Int) { counts[ranks[index]] += 1 }

    /// The median of what was drawn: as many values as there are.
    var median: Double {
        let upper = value(sorted.count / 2)
        return sorted.count.isMultiple(of: 2) ? (value(sorted.count / 2 - 1) + upper) / 2 : upper
    }

    /// The value at a place of the sorted draw.
    private func value(_ place: Int) -> Double {
        var seen = 0
        for rank in counts.indices {
            seen += counts[rank]
            if seen > place { return sorted[rank] }
        }
        return sorted[sorted.count - 1]
    }
}
