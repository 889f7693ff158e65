/// The samples of one result in a few numbers, in hashes per second.
package struct RateSummary: Sendable, Hashable {
    package let median: Double
    /// The 95 % interval of the median; `nil` where there is none, as for a single sample.
    package let interval: ClosedRange<Double>?
    package let medianAbsoluteDeviation: Double
    package let minimum: Double
    package let maximum: Double
    /// The samples outside of Tukey's fences, by index. They count in everything else.
    package let outliers: [Int]

    /// - Parameter interval: the median's, where it is known.
    /// - Returns: `nil` for no samples.
    package init?(_ rates: [Double], interval: ClosedRange<Double>?) {
        guard let median = SampleStatistics.median(rates), let minimum = rates.min(), let maximum = rates.max(),
            let deviation = SampleStatistics.medianAbsoluteDeviation(rates)
        else { return nil }
        self.median = median
        self.interval = interval
        medianAbsoluteDeviation = deviation
        self.minimum = minimum
        self.maximum = maximum
        outliers = SampleStatistics.outliers(rates)
    }

    /// Half of the interval's width, as a part of the median; `nil` without an interval.
    package var halfWidth: Double? { interval.map { ($0.upperBound - $0.lowerBound) / 2 / median } }
}
