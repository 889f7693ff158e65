import NightjarJSON

/// The kinds of files that a report is written as, by the ending of the name.
package enum ReportFormat: String, Sendable, Hashable, CaseIterable {
    case json, html, svg, md, csv

    /// The format of a file's name. A name without an ending, such as `/dev/stdout`, means JSON; `nil` for every other
    /// ending.
    package init?(path: String) {
        let name = path.split(separator: "/", omittingEmptySubsequences: false).last ?? ""
        guard let point = name.lastIndex(of: "."), point != name.startIndex else {
            self = .json
            return
        }
        self.init(rawValue: name[name.index(after: point)...].lowercased())
    }

    /// The file's text, with a line end at its end. The same reports give the same bytes.
    package func text(_ reports: ReportSet) -> String {
        switch self {
        case .json: reports.json.text + "\n"
        case .html: ReportPage.html(reports)
        case .svg: ComparisonPicture.file(reports.first.report)
        case .md: MarkdownReport.text(reports)
        case .csv: SampleTable.text(reports)
        }
    }
}
