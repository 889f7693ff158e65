import Foundation
import NightjarJSON
import NightjarPlatform
import NightjarReport
import Testing

/// The statistics against NumPy's and SciPy's: `Scripts/generate-statistics.py` wrote the samples and the numbers.
@Suite(.timeLimit(.minutes(10))) struct StatisticsTests {
    /// `NIGHTJAR_STATISTICS` names a file with more sets.
    private static func sets() throws -> [JSON] {
        let more = ProcessInfo.processInfo.environment["NIGHTJAR_STATISTICS"]
        let bytes =
            try more.map { [UInt8](try Data(contentsOf: URL(fileURLWithPath: $0))) } ?? Fixture.bytes("statistics.json")
        return try #require(try JSON(parsing: bytes)["sets"]?.array)
    }

    private func numbers(_ set: JSON, _ name: String) throws -> [Double] {
        try #require(set[name]?.array).compactMap(\.double)
    }

    private func number(_ set: JSON, _ name: String) throws -> Double { try #require(set[name]?.double) }

    /// To the last few bits.
    private func agree(_ value: Double?, _ expected: Double, scale: Double) -> Bool {
        value.map { abs($0 - expected) <= 1e-9 * max(abs(scale), abs(expected)) } ?? false
    }

    @Test func numbersAreNumPysAndSciPys() throws {
        let sets = try Self.sets()
        #expect(sets.count >= 40)
        for (index, set) in sets.enumerated() {
            let values = try numbers(set, "a")
            let median = try number(set, "median")
            #expect(agree(SampleStatistics.median(values), median, scale: median), "\(index)")
            #expect(
                agree(SampleStatistics.medianAbsoluteDeviation(values), try number(set, "mad"), scale: median),
                "\(index)")
            let sorted = values.sorted()
            for (p, expected) in zip([0, 0.1, 0.25, 0.75, 0.9, 1], try numbers(set, "quantiles")) {
                #expect(agree(SampleStatistics.quantile(ofSorted: sorted, p), expected, scale: median), "\(index) \(p)")
            }
            let (fences, known) = (SampleStatistics.tukeyFences(values), try numbers(set, "fences"))
            #expect(
                agree(fences?.lowerBound, known[0], scale: median) && agree(fences?.upperBound, known[1], scale: median)
            )
            #expect(SampleStatistics.outliers(values).map(Double.init) == (try numbers(set, "outliers")), "\(index)")
            let times = try numbers(set, "times")
            if values.count < 3 { continue }
            let trend = try #require(Trend(times: times, values: values))
            #expect(agree(trend.slope, try number(set, "slope"), scale: median / (times.last ?? 1)), "\(index)")
            #expect(Double(trend.score) == (try number(set, "score")), "\(index)")
            #expect(abs(trend.probability - (try number(set, "probability"))) < 1e-9, "\(index)")
        }
    }

    /// The same random numbers in NumPy give the same intervals, and SciPy's own bootstrap with other random numbers gives
    /// the same within its error.
    @Test func intervalsAreNumPysAndSciPys() throws {
        for (index, set) in try Self.sets().enumerated() {
            let (a, b) = (try numbers(set, "a"), try numbers(set, "b"))
            let isPaired = set["paired"]?.bool == true
            for (interval, name, bounds) in [
                (Bootstrap.medianInterval(a), "interval", "bounds"),
                (Bootstrap.ratioInterval(a, b, isPaired: isPaired), "ratio", "ratioBounds"),
            ] {
                let (known, limits) = (try numbers(set, name), try numbers(set, bounds))
                let interval = try #require(interval)
                #expect(agree(interval.lowerBound, known[0], scale: 0), "\(index) \(name) \(interval) \(known)")
                #expect(agree(interval.upperBound, known[1], scale: 0), "\(index) \(name) \(interval) \(known)")
                let slack = 1e-9 * limits[3]
                #expect(
                    interval.lowerBound >= limits[0] - slack && interval.lowerBound <= limits[1] + slack
                        && interval.upperBound >= limits[2] - slack && interval.upperBound <= limits[3] + slack,
                    "\(index) \(name) \(interval) \(limits)")
            }
        }
    }

    @Test func tooFewValuesHaveNoStatistics() {
        #expect(SampleStatistics.median([]) == nil && SampleStatistics.medianAbsoluteDeviation([]) == nil)
        #expect(SampleStatistics.tukeyFences([]) == nil && SampleStatistics.outliers([1, 1, 9]).isEmpty)
        #expect(Bootstrap.medianInterval([1]) == nil && RateSummary([], interval: nil) == nil)
        #expect(Trend(times: [1, 2], values: [1, 2]) == nil && Trend(times: [1, 1, 1], values: [1, 2, 3]) == nil)
        #expect(SpeedRatio([], to: [1], isPaired: false) == nil && SpeedRatio([1], to: [0], isPaired: false) == nil)
    }

    @Test func equalSamplesHaveAnIntervalOfNoWidth() {
        #expect(Bootstrap.medianInterval([5, 5, 5, 5]) == 5...5)
        #expect(
            RateSummary([5, 5, 5], interval: 4...6)?.halfWidth == 0.2
                && RateSummary([5], interval: nil)?.halfWidth == nil)
    }

    @Test func verdicts() {
        func verdict(_ ratio: Double, _ interval: ClosedRange<Double>?) -> SpeedRatio.Verdict {
            SpeedRatio(ratio: ratio, interval: interval).verdict
        }
        #expect(verdict(1.05, 1.02...1.08) == .faster && verdict(0.95, 0.92...0.98) == .slower)
        #expect(verdict(1.05, 0.99...1.11) == .same)
        // A difference of less than 1 % is none, however sure it is.
        #expect(verdict(1.009, 1.008...1.01) == .same && verdict(0.991, 0.99...0.992) == .same)
        #expect(verdict(1.2, nil) == .faster && verdict(0.8, nil) == .slower && verdict(1, nil) == .same)
        let pairs = (0..<10).map { Double($0) + 100 }
        // What disturbed both at once does not widen the interval of a paired ratio.
        let paired = SpeedRatio(pairs.map { $0 * 1.02 }, to: pairs, isPaired: true)
        #expect(paired?.verdict == .faster)
        #expect(SpeedRatio(pairs.map { $0 * 1.02 }, to: pairs.reversed(), isPaired: false)?.verdict == .same)
    }

    @Test func driftIsLargeAndUnlikely() {
        let times = (0..<8).map(Double.init)
        #expect(Trend(times: times, values: times.map { 100 - $0 })?.isDrift == true)
        #expect(Trend(times: times, values: times.map { 100 - $0 * 0.1 })?.isDrift == false)
        #expect(Trend(times: times, values: [100, 104, 98, 101, 97, 103, 99, 102])?.isDrift == false)
    }

    /// Vigna's `splitmix64.c` from the state 1234567.
    @Test func randomNumbersAreSplitMix64s() {
        var generator = SplitMix64(seed: 1_234_567)
        #expect(
            (0..<3).map { _ in generator.next() } == [
                6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
            ])
    }
}
