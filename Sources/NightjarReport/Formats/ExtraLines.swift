/// What was measured beside each pair alone, a line each.
package enum ExtraLines {
    package static func lines(_ report: BenchReport) -> [String] {
        together(report) + scan(report) + limits(report)
    }

    private static func together(_ report: BenchReport) -> [String] {
        guard let together = report.together else { return [] }
        return together.sums.map { sum in
            let parts = together.results.filter { $0.pair.algorithm == sum.algorithm }.map { part in
                "\(part.pair.device) \(Quantity.rate(part.hashrate))"
            }
            return "\(sum.algorithm) on all at once: \(Quantity.rate(sum.hashrate)) (\(parts.joined(separator: ", ")))"
        }
    }

    private static func scan(_ report: BenchReport) -> [String] {
        var pairs: [MeasuredPair] = []
        for point in report.scan where !pairs.contains(point.pair) { pairs.append(point.pair) }
        return pairs.map { pair in
            let points = report.scan.filter { $0.pair == pair }.map { point in
                let place =
                    point.threads.map { $0 == 1 ? "1 thread" : "\($0) threads" } ?? point.batch.map { "batch \($0)" }
                    ?? "?"
                return "\(place) \(Quantity.rate(point.hashrate))"
            }
            return "\(pair.algorithm) on \(pair.device): \(points.joined(separator: ", "))"
        }
    }

    private static func limits(_ report: BenchReport) -> [String] {
        report.measured.flatMap { row in
            row.limits.map { limit in
                let name = "\(row.algorithm) on \(row.device)"
                guard let measured = limit.measured, let share = limit.share else {
                    return "\(name): \(Quantity.fixed(limit.reached, limit.reached < 100 ? 1 : 0)) \(limit.name)"
                }
                return "\(name): \(Quantity.percent(share)) of what is possible in \(limit.name) "
                    + "(\(Quantity.text(limit.reached, limit.unit)) of \(Quantity.text(measured, limit.unit)))"
            }
        }
    }
}
