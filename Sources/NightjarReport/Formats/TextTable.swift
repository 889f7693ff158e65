import NightjarPlatform

/// The results as one aligned table for a terminal, with bars that compare the devices of an algorithm.
package enum TextTable {
    private static let barWidth = 16
    private static let eighths = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"]

    /// The machine, the results and the warnings, in lines.
    package static func summary(_ report: BenchReport, width: Int = .max) -> [String] {
        var lines = [printable(Sentences.machine(report)), ""] + self.lines(report, width: width)
        let extras = ExtraLines.lines(report)
        if !extras.isEmpty { lines += [""] + extras.map { printable($0) } }
        let warnings = Sentences.warnings(report)
        if !warnings.isEmpty { lines += [""] + warnings.map { "warning: \(printable($0))" } }
        return lines + [printable(Sentences.verification(report))]
    }

    /// - Parameter width: of the terminal; longer lines lose their last columns.
    package static func lines(_ report: BenchReport, width: Int = .max) -> [String] {
        let rows = report.results
        let hasPeers = rows.contains { row in rows.contains { $0.algorithm == row.algorithm && $0.device != row.device }
        }
        var columns: [Column] = [
            Column("algorithm", rows.map(\.algorithm)), Column("device", rows.map(\.device)),
            Column("speed", rows.map { $0.hashrate.map(Quantity.rate) ?? "failed" }, isNumber: true),
        ]
        if rows.contains(where: { $0.interval != nil }) {
            columns.append(
                Column("±", rows.map { $0.summary?.halfWidth.map(Quantity.percent) ?? "" }, isNumber: true))
        }
        if hasPeers {
            columns.append(Column("", rows.map { bar($0, among: rows) }))
            columns.append(Column("compared", rows.map { compared($0, report) }))
        }
        if rows.contains(where: { $0.hashesPerJoule != nil }) {
            columns.append(
                Column("energy", rows.map { $0.hashesPerJoule.map { Quantity.text($0, "H/J") } ?? "" }, isNumber: true))
        }
        columns.append(Column("threads", rows.map { $0.threads.map(String.init) ?? "" }, isNumber: true))
        if rows.contains(where: { $0.mode != nil }) { columns.append(Column("mode", rows.map { $0.mode ?? "" })) }
        while columns.count > 3, columns.reduce(-2, { $0 + $1.width + 2 }) > width { columns.removeLast() }
        return (-1..<rows.count).map { line(columns, $0) }
    }

    /// The verdicts of a comparison, one line each.
    package static func lines(_ comparisons: [RateComparison]) -> [String] {
        let columns = [
            Column("algorithm", comparisons.map(\.a.algorithm)), Column("device", comparisons.map(\.a.device)),
            Column("ratio", comparisons.map { Quantity.fixed($0.ratio.ratio, 3) }, isNumber: true),
            Column(
                "95 % interval",
                comparisons.map { comparison in
                    comparison.ratio.interval.map {
                        "\(Quantity.fixed($0.lowerBound, 3)) to \(Quantity.fixed($0.upperBound, 3))"
                    } ?? ""
                }),
            Column("verdict", comparisons.map(\.verdict.rawValue)),
        ]
        return (-1..<comparisons.count).map { line(columns, $0) }
    }

    private static func line(_ columns: [Column], _ row: Int) -> String {
        var line = columns.map { $0.cell(row) }.joined(separator: "  ")
        while line.last == " " { line.removeLast() }
        return line
    }

    /// A bar of at most ``barWidth`` columns: the part of the fastest device's speed.
    private static func bar(_ row: BenchRow, among rows: [BenchRow]) -> String {
        let speeds = rows.filter { $0.algorithm == row.algorithm }.compactMap(\.hashrate)
        guard let rate = row.hashrate, let most = speeds.max(), most > 0 else { return "" }
        let parts = max(1, Int((rate / most * Double(barWidth * 8)).rounded()))
        return String(repeating: "█", count: parts / 8) + eighths[parts % 8]
    }

    private static func compared(_ row: BenchRow, _ report: BenchReport) -> String {
        guard let comparison = report.comparisons.first(where: { $0.a == row.pair }) else { return "" }
        return "\(Quantity.ratio(comparison.ratio.ratio)) × \(comparison.b.device)"
    }

    private struct Column {
        let head: String
        let cells: [String]
        let isNumber: Bool
        let width: Int

        init(_ head: String, _ cells: [String], isNumber: Bool = false) {
            self.head = head
            self.cells = cells.map { printable($0, limit: 64) }
            self.isNumber = isNumber
            width = max(head.count, self.cells.map(\.count).max() ?? 0)
        }

        /// A cell with spaces around it; the head is row -1.
        func cell(_ row: Int) -> String {
            let text = row < 0 ? head : cells[row]
            let space = String(repeating: " ", count: width - text.count)
            return isNumber ? space + text : text + space
        }
    }
}
