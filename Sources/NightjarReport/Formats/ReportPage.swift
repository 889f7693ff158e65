import NightjarJSON

/// A report as one page: no script, nothing from the network, the JSON inside.
package enum ReportPage {
    private static let opening = #"<pre id="nightjar-json">"#
    private static let closing = "</pre>"

    static func html(_ reports: ReportSet) -> String {
        var text = ""
        for detail in PageDetail.allCases {
            text = html(reports, detail)
            if text.utf8.count < PageDetail.mostBytes { break }
        }
        return text
    }

    private static func html(_ reports: ReportSet, _ detail: PageDetail) -> String {
        let isOne = reports.members.count == 1
        let title =
            isOne
            ? "Benchmark: \(reports.first.report.host.cpu)" : "Comparison of \(reports.members.count) benchmarks"
        var text = """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="generator" content="nightjar \(Markup.text(reports.first.report.version))">
            <title>\(Markup.text(title, limit: 200))</title>
            <style>
            \(ChartStyle.colours)\(ChartStyle.charts)\(PageStyle.css)</style>
            </head>
            <body>
            <main>
            <h1>\(Markup.text(title, limit: 200))</h1>

            """
        if isOne {
            text += PageSections(reports.first.report, id: "r", detail).all
        } else {
            text += comparison(reports, detail)
        }
        text += data(reports)
        return text + "</main>\n</body>\n</html>\n"
    }

    /// Several reports side by side, each against the first.
    private static func comparison(_ reports: ReportSet, _ detail: PageDetail) -> String {
        var text = "<p>The first report is the measure: a ratio is another report's speed divided by the first's.</p>\n"
        for (index, pair) in reports.comparisons.enumerated() {
            let title = "\(pair.member.name) against \(reports.first.name)"
            text += PageSections.section(
                title, PageSections.ratios(pair.comparisons, title: title, id: "c\(index)", detail))
        }
        for (index, member) in reports.members.enumerated() {
            let sections = PageSections(member.report, id: "m\(index)", detail)
            text += "<h2 class=\"member\">\(Markup.text(member.name))</h2>\n\(sections.all)"
        }
        return text
    }

    private static func data(_ reports: ReportSet) -> String {
        """
        <section>
        <h2>Data</h2>
        <p>The same numbers as JSON, for programs: <code>nightjar report</code> reads this page.</p>
        <details>
        <summary>The whole JSON</summary>
        \(opening)\(Markup.verbatim(reports.json.text))\(closing)
        </details>
        </section>

        """
    }

    /// The JSON in a page.
    static func json(in bytes: [UInt8]) throws(ReportError) -> [UInt8] {
        guard let begin = place(of: Array(opening.utf8), in: bytes[...]) else {
            throw ReportError("it is a page without the JSON of a report")
        }
        let rest = bytes[(begin + opening.utf8.count)...]
        guard let end = place(of: Array(closing.utf8), in: rest) else { throw ReportError("its JSON ends too early") }
        return Markup.unescaped(rest[..<end])
    }

    private static func place(of pattern: [UInt8], in bytes: ArraySlice<UInt8>) -> Int? {
        guard bytes.count >= pattern.count else { return nil }
        return (bytes.startIndex...bytes.endIndex - pattern.count).first { start in
            bytes[start] == pattern[0] && bytes[start...].starts(with: pattern)
        }
    }
}
