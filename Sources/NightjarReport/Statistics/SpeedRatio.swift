/// One speed compared with another: a's by b's.
package struct SpeedRatio: Sendable, Hashable {
    /// What the comparison says of a.
    package enum Verdict: String, Sendable, Hashable {
        case faster, slower
        /// No difference that these samples show.
        case same
    }

    /// The median of a's samples by that of b's.
    package let ratio: Double
    /// Its 95 % interval; `nil` where there are too few samples for one.
    package let interval: ClosedRange<Double>?

    /// Speeds that differ by less count as the same, however sure the difference is.
    package static let smallest = 0.01

    /// - Parameters:
    ///   - a: hashes per second of each sample.
    ///   - isPaired: see ``Bootstrap/ratioInterval(_:_:isPaired:)``.
    /// - Returns: `nil` where one has no samples, or a median that is not above zero.
    package init?(_ a: [Double], to b: [Double], isPaired: Bool) {
        guard let medianA = SampleStatistics.median(a), let medianB = SampleStatistics.median(b), medianA > 0,
            medianB > 0
        else { return nil }
        ratio = medianA / medianB
        interval = Bootstrap.ratioInterval(a, b, isPaired: isPaired)
    }

    package init(ratio: Double, interval: ClosedRange<Double>?) {
        self.ratio = ratio
        self.interval = interval
    }

    /// Without an interval, only the size of the difference counts.
    package var verdict: Verdict {
        if abs(ratio - 1) < Self.smallest || interval?.contains(1) == true { return .same }
        return ratio > 1 ? .faster : .slower
    }
}
