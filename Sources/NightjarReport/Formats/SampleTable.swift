import NightjarJSON

/// Every sample as a line of CSV (RFC 4180), with a line of names first.
enum SampleTable {
    private static let names = [
        "file", "algorithm", "device", "deviceName", "sample", "start", "seconds", "hashes", "hashrate", "outlier",
        "joules",
        "temperature", "clock", "verified",
    ]

    static func text(_ reports: ReportSet) -> String {
        var text = names.joined(separator: ",") + "\r\n"
        for member in reports.members {
            for row in member.report.results { append(row, member.name, to: &text) }
        }
        return text
    }

    private static func append(_ row: BenchRow, _ file: String, to text: inout String) {
        // A file of schema 1 has one speed and no samples.
        let samples =
            row.samples.isEmpty && row.seconds > 0
            ? [BenchSample(start: 0, seconds: row.seconds, hashes: row.hashes)] : row.samples
        let outliers = Set(row.summary?.outliers ?? [])
        for (index, sample) in samples.enumerated() {
            let cells = [
                quoted(file), quoted(row.algorithm), quoted(row.device), quoted(row.deviceName), "\(index + 1)",
                number(sample.start), number(sample.seconds), "\(sample.hashes)",
                row.isVerified ? number(sample.rate) : "", "\(outliers.contains(index))", number(sample.joules),
                number(sample.temperature), number(sample.clock), "\(row.isVerified)",
            ]
            text += cells.joined(separator: ",") + "\r\n"
        }
    }

    /// Empty where there is none.
    private static func number(_ value: Double?) -> String {
        let json = JSON.measured(value)
        return json.isNull ? "" : json.text
    }

    /// A cell of text. Spreadsheets take cells that begin with some characters for formulas: an apostrophe goes before.
    private static func quoted(_ text: String) -> String {
        let isFormula = text.first.map { "=+-@\t\r".contains($0) } ?? false
        let safe = (isFormula ? "'" : "") + text
        guard safe.contains(where: { ",\"\r\n".contains($0) || $0.isNewline }) else { return safe }
        return "\"" + safe.replacing("\"", with: "\"\"") + "\""
    }
}
