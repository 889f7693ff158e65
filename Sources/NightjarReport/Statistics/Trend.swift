import Glibc

/// Whether samples rise or fall over time.
package struct Trend: Sendable, Hashable {
    /// The change a second along the straight line that fits best (least squares).
    package let slope: Double
    /// Mann's and Kendall's S: pairs that rise less pairs that fall.
    package let score: Int
    /// How likely such a score is where nothing changes, for both directions: by the normal distribution, with a
    /// correction for ties and for continuity.
    package let probability: Double
    /// The change along the line from the first time to the last one, as a part of the median.
    package let change: Double

    /// Changes by less are not worth a word.
    private static let smallest = 0.01
    private static let significance = 0.05

    /// Whether the samples drifted: by more than 1 %, and unlikely by chance.
    package var isDrift: Bool { abs(change) > Self.smallest && probability < Self.significance }

    /// `nil` for fewer than three values, and where all times are the same.
    package init?(times: [Double], values: [Double]) {
        guard values.count >= 3, times.count == values.count, let median = SampleStatistics.median(values),
            let first = times.min(), let last = times.max(), first < last
        else { return nil }
        let count = Double(values.count)
        let (meanTime, mean) = (times.reduce(0, +) / count, values.reduce(0, +) / count)
        var (covariance, variance) = (0.0, 0.0)
        for (time, value) in zip(times, values) {
            covariance += (time - meanTime) * (value - mean)
            variance += (time - meanTime) * (time - meanTime)
        }
        slope = covariance / variance
        change = median == 0 ? 0 : slope * (last - first) / median
        let order = times.indices.sorted { (times[$0], $0) < (times[$1], $1) }.map { values[$0] }
        score = Self.score(order)
        probability = Self.probability(score, of: order)
    }

    private static func score(_ values: [Double]) -> Int {
        var score = 0
        for late in values.indices {
            for early in 0..<late {
                score += values[late] > values[early] ? 1 : values[late] < values[early] ? -1 : 0
            }
        }
        return score
    }

    private static func probability(_ score: Int, of values: [Double]) -> Double {
        func term(_ n: Int) -> Double { Double(n * (n - 1) * (2 * n + 5)) }
        let ties = Dictionary(grouping: values, by: \.self).values.map(\.count)
        // In rising order, so that the sum is the same in each run.
        let variance = (term(values.count) - ties.sorted().reduce(0) { $0 + term($1) }) / 18
        guard variance > 0, score != 0 else { return 1 }
        let z = (Double(abs(score)) - 1) / variance.squareRoot()
        return erfc(z / 2.0.squareRoot())
    }
}
