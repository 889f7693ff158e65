extension BenchReport {
    /// The devices of each algorithm compared with the first of them, as a rule the CPU: ``RateComparison/b``.
    package static func comparisons(of results: [BenchRow]) -> [RateComparison] {
        var seen: [String] = []
        for row in results where !seen.contains(row.algorithm) { seen.append(row.algorithm) }
        return seen.flatMap { algorithm -> [RateComparison] in
            let rows = results.filter { $0.algorithm == algorithm && $0.hashrate != nil }
            guard let first = rows.first else { return [] }
            return rows.dropFirst().compactMap { row in
                SpeedRatio(row.rates, to: first.rates, isPaired: true).map { RateComparison(row.pair, first.pair, $0) }
            }
        }
    }

    /// The same pairs of both reports: this one's speed by the earlier one's.
    package func comparisons(with earlier: BenchReport) -> [RateComparison] {
        measured.compactMap { row in
            guard let before = earlier.measured.first(where: { $0.pair == row.pair }) else { return nil }
            return SpeedRatio(row.rates, to: before.rates, isPaired: false).map {
                RateComparison(row.pair, before.pair, $0)
            }
        }
    }

    /// Sets the comparisons between this report's devices.
    package mutating func compareDevices() { comparisons = Self.comparisons(of: results) }

    /// The pairs that are slower than the earlier report allows: even the upper end of their ratio is below `limit`. Where
    /// there is no interval, the ratio itself counts.
    package static func failures(_ comparisons: [RateComparison], below limit: Double) -> [RateComparison] {
        comparisons.filter { ($0.ratio.interval?.upperBound ?? $0.ratio.ratio) < limit }
    }
}
