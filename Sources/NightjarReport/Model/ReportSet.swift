import NightjarJSON

/// One report, or several to compare: what a file is made of.
package struct ReportSet: Sendable, Hashable {
    /// A report and the name that tells it from others: its file's, without folders.
    package struct Member: Sendable, Hashable {
        package var name: String
        package var report: BenchReport

        package init(name: String, report: BenchReport) {
            self.name = name
            self.report = report
        }
    }

    /// All others are compared with the first.
    package private(set) var members: [Member]

    package init(_ report: BenchReport, name: String = "") { members = [Member(name: name, report: report)] }

    /// - Parameter members: one at least.
    package init?(_ members: [Member]) {
        if members.isEmpty { return nil }
        self.members = members
    }

    /// Reads a file of one report or of several.
    ///
    /// - Parameter name: for a single one.
    /// - Throws: ``ReportError``.
    package init(reading bytes: [UInt8], name: String) throws(ReportError) {
        let value = try Self.json(in: bytes)
        guard let list = value["reports"]?.array else {
            members = [Member(name: name, report: try BenchReport(json: value))]
            return
        }
        var members: [Member] = []
        for element in list {
            guard let report = element["report"] else { throw ReportError("one of its reports is missing") }
            members.append(Member(name: element["file"]?.string ?? name, report: try BenchReport(json: report)))
        }
        if members.isEmpty { throw ReportError("it holds no report") }
        self.members = members
    }

    /// The JSON of a file, which may be a page.
    private static func json(in bytes: [UInt8]) throws(ReportError) -> JSON {
        let isPage = bytes.first { !" \t\r\n".utf8.contains($0) } == UInt8(ascii: "<")
        let text = isPage ? try ReportPage.json(in: bytes) : bytes
        do { return try JSON(parsing: text) } catch { throw ReportError("it is \(error)") }
    }

    /// The first report, with which others are compared.
    package var first: Member { members[0] }

    /// The others, each compared with the first.
    package var comparisons: [(member: Member, comparisons: [RateComparison])] {
        members.dropFirst().map { ($0, $0.report.comparisons(with: first.report)) }
    }

    /// One report as `bench --json` prints it; of several, an object with all of them and their comparisons.
    package var json: JSON {
        guard members.count > 1 else { return first.report.json }
        return .fields([
            "schema": .integer(Int64(BenchReport.schema)),
            "reports": .array(members.map { .fields(["file": .string($0.name), "report": $0.report.json]) }),
            "comparisons": .array(
                comparisons.map {
                    BaselineComparison(file: first.name, comparisons: $0.comparisons).json(of: $0.member.name)
                }),
        ])
    }
}
