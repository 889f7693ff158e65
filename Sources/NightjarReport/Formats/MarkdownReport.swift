import NightjarPlatform

/// A report as Markdown tables, for a discussion or an issue.
enum MarkdownReport {
    static func text(_ reports: ReportSet) -> String {
        var text = ""
        for member in reports.members {
            if reports.members.count > 1 { text += "# \(escaped(member.name))\n\n" }
            text += report(member.report)
        }
        for (member, comparisons) in reports.comparisons {
            text += "## \(escaped(member.name)) against \(escaped(reports.first.name))\n\n"
            text += comparisonTable(comparisons) + "\n"
        }
        return text
    }

    private static func report(_ report: BenchReport) -> String {
        var text = "\(escaped(Sentences.machine(report)))\n\n\(escaped(Sentences.verification(report)))\n\n"
        for warning in Sentences.warnings(report) { text += "- **Warning**: \(escaped(warning))\n" }
        if !Sentences.warnings(report).isEmpty { text += "\n" }
        text += table(
            ["Algorithm", "Device", "Median", "95 % interval", "Repetitions", "Hashes per joule", "Checksum"],
            report.results.map { row in
                [
                    row.algorithm, DeviceLook(report).label(row.device),
                    row.hashrate.map(Quantity.rate) ?? "failed: \(row.error ?? "not verified")",
                    row.interval.map { "\(Quantity.rate($0.lowerBound)) to \(Quantity.rate($0.upperBound))" } ?? "–",
                    "\(max(row.samples.count, 1))", row.hashesPerJoule.map { Quantity.text($0, "H/J") } ?? "–",
                    row.checksum ?? "–",
                ]
            })
        if !report.comparisons.isEmpty {
            text += "\n"
            for comparison in report.comparisons {
                text +=
                    "- \(escaped("\(comparison.a.algorithm): \(comparison.words), \(comparison.verdict.rawValue)"))\n"
            }
        }
        let extras = ExtraLines.lines(report)
        if !extras.isEmpty { text += "\n" + extras.map { "- \(escaped($0))\n" }.joined() }
        if let baseline = report.baseline {
            text += "\nAgainst \(escaped(baseline.file)):\n\n" + comparisonTable(baseline.comparisons)
        }
        if let conditions = report.conditions {
            text += "\n" + table(["Condition", "Value"], Sentences.conditions(conditions).map { [$0.name, $0.text] })
        }
        if let command = report.command { text += "\nMeasured by `\(printable(command).replacing("`", with: "'"))`\n" }
        return text + "\n"
    }

    private static func comparisonTable(_ comparisons: [RateComparison]) -> String {
        table(
            ["Algorithm", "Device", "Ratio", "95 % interval", "Verdict"],
            comparisons.map { comparison in
                [
                    comparison.a.algorithm, comparison.a.device, Quantity.fixed(comparison.ratio.ratio, 3),
                    comparison.ratio.interval.map {
                        "\(Quantity.fixed($0.lowerBound, 3)) to \(Quantity.fixed($0.upperBound, 3))"
                    } ?? "–", comparison.verdict.rawValue,
                ]
            })
    }

    private static func table(_ head: [String], _ rows: [[String]]) -> String {
        func line(_ cells: [String]) -> String { "| " + cells.map { escaped($0) }.joined(separator: " | ") + " |\n" }
        return line(head) + "|" + String(repeating: "---|", count: head.count) + "\n" + rows.map(line).joined()
    }

    /// Text from outside: nothing in it is a mark of Markdown or HTML.
    private static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in printable(text).unicodeScalars {
            switch scalar {
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "&": result += "&amp;"
            case "\\", "|", "`", "*", "_", "[", "]", "#", "~", "!": result += "\\\(scalar)"
            case "@": result += "&#64;"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
