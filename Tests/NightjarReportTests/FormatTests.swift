import Foundation
import NightjarJSON
import NightjarReport
import Testing

@Suite(.timeLimit(.minutes(2))) struct FormatTests {
    @Test(arguments: ReportFormat.allCases)
    func aReportHasTheSameBytesAsBefore(_ format: ReportFormat) throws {
        let text = format.text(ReportSet(try Fixture.report(), name: "input.json"))
        try Fixture.expect(text, "report.\(format)")
        let again = format.text(ReportSet(try Fixture.report(), name: "input.json"))
        #expect(text.utf8.last == UInt8(ascii: "\n") && again == text)
    }

    @Test func aComparisonHasTheSameBytesAsBefore() throws {
        let set = try #require(
            ReportSet([
                .init(name: "before.json", report: try Fixture.report()),
                .init(name: "after.json", report: try Fixture.slower()),
            ]))
        try Fixture.expect(ReportFormat.md.text(set), "comparison.md")
        let pairs = try #require(set.comparisons.first?.comparisons)
        #expect(pairs.count == 5 && pairs[0].verdict == .slower && pairs.dropFirst().allSatisfy { $0.verdict == .same })
        #expect(abs(pairs[0].ratio.ratio - 1 / 1.04) < 1e-6)
        // All others are compared with the first.
        let page = ReportFormat.html.text(set)
        #expect(page.contains("after.json against before.json"))
        #expect(
            try ReportSet(reading: Array(page.utf8), name: "").members.map(\.name) == ["before.json", "after.json"])
    }

    @Test func theEndingDecides() {
        for (path, format) in [
            ("a.json", ReportFormat.json), ("/x.y/b.HTML", .html), ("c.svg", .svg), ("d.md", .md), ("e.csv", .csv),
            ("report", .json), ("/dev/stdout", .json), ("/x.y/report", .json), (".hidden", .json),
        ] { #expect(ReportFormat(path: path) == format, "\(path)") }
        for path in ["a.txt", "b.htm", "c.", "d.json.gz", "e.pdf"] {
            #expect(ReportFormat(path: path) == nil, "\(path)")
        }
    }

    /// What a page was made of can be read out of it, to the last digit.
    @Test func jsonAndPagesAreReadAgain() throws {
        let report = try Fixture.report()
        let json = ReportFormat.json.text(ReportSet(report))
        for format in [ReportFormat.json, .html] {
            let again = try ReportSet(reading: Array(format.text(ReportSet(report)).utf8), name: "x")
            #expect(again.members.count == 1 && ReportFormat.json.text(again) == json)
            #expect(again.first.report.results.map(\.samples) == report.results.map(\.samples))
        }
    }

    /// Names come from drivers and files: nothing in them is markup.
    @Test func hostileNamesAreText() throws {
        var report = try Fixture.report()
        let hostile = "</pre></title><script>alert(1)</script>\u{202E}\u{1B}[31m\"'`|*_=cmd()\n<img src=x onerror=y>"
        report.host.cpu = hostile
        report.host.os = hostile
        report.command = hostile
        report.created = hostile
        report.warnings = [hostile]
        report.results[0].deviceName = hostile
        report.results[0].error = hostile
        report.results[0].mode = hostile
        report.results[0].algorithm = hostile
        report.devices[2].name = hostile
        report.devices[2].driver = hostile
        report.conditions?.governor = hostile
        report.conditions?.mitigations = [.init(hostile, hostile)]
        report.baseline = BaselineComparison(
            file: hostile, comparisons: report.comparisons(with: try Fixture.report()))
        report.compareDevices()
        for format in ReportFormat.allCases where format != .json {
            let text = format.text(ReportSet(report, name: hostile))
            // A span of code in Markdown has no markup in it, and no quote of it may end it.
            let marked = format == .md ? text.replacing(/`[^`]*`/, with: "") : text
            if format != .csv { #expect(!marked.contains("<script") && !marked.contains("<img"), "\(format)") }
            if format != .csv, format != .md { #expect(!text.contains("\u{202E}") && !text.contains("\u{1B}")) }
        }
        let page = ReportFormat.html.text(ReportSet(report))
        let again = try ReportSet(reading: Array(page.utf8), name: "")
        #expect(again.first.report.host.cpu == hostile && again.first.report.results[0].algorithm == hostile)
        #expect(page.components(separatedBy: "</pre>").count == 2)
        #expect(!TextTable.lines(report).joined().contains("\u{1B}"))
        // A spreadsheet runs no formula out of a cell.
        report.results[0].deviceName = "=cmd|' /C calc'!A0"
        #expect(ReportFormat.csv.text(ReportSet(report)).contains(",'=cmd|"))
    }

    @Test func aPageHasNoScriptAndNothingFromOutside() throws {
        let page = ReportFormat.html.text(ReportSet(try Fixture.report()))
        #expect(page.utf8.count < 500_000)
        let body = page.replacing(/(?s)<pre.*<\/pre>/, with: "")
        for word in ["<script", "javascript:", "http:", "https:", "src=", "@import", "url("] {
            #expect(!body.contains(word), "\(word)")
        }
        #expect(body.contains("default-src 'none'; style-src 'unsafe-inline'"))
        #expect(body.matches(of: /\son[a-z]+=/).isEmpty)
        // Each id once.
        let ids = body.matches(of: /\sid="([^"]+)"/).map { String($0.1) }
        #expect(ids.count == Set(ids).count && ids.count > 8)
        for reference in body.matches(of: /aria-labelledby="([^"]+)"/) {
            #expect(reference.1.split(separator: " ").allSatisfy { ids.contains(String($0)) })
        }
    }

    /// The page's tables have each number as the JSON has it.
    @Test func everyNumberOfThePageIsTheJSONs() throws {
        let report = try Fixture.report()
        let page = ReportFormat.html.text(ReportSet(report))
        let cells = Set(page.matches(of: /<td[^>]*>([^<\n]*)/).map { String($0.1) })
        let json = try JSON(parsing: Array(ReportFormat.json.text(ReportSet(report)).utf8))
        for result in try #require(json["results"]?.array) {
            for name in ["hashrate", "low", "high", "hashes", "seconds", "joulesPerHash"] {
                guard let number = result[name] else { continue }
                #expect(cells.contains(number.text), "\(name) \(number.text)")
            }
            for sample in try #require(result["samples"]?.array) {
                for field in try #require(sample.object).fields where !field.value.isNull {
                    #expect(cells.contains(field.value.text), "\(field.name) \(field.value.text)")
                }
            }
        }
    }

    /// A report of every algorithm on three devices, with energy and the given number of samples each. Samples lose their
    /// tables, then pictures their copies, before a page becomes too large; the JSON is whole in all of them. By default, bench
    /// takes 15 samples at most.
    @Test(arguments: [(1, true, true), (3, false, true), (15, false, false)])
    func aLargeReportStaysSmall(_ samples: Int, _ hasTables: Bool, _ hasCopies: Bool) throws {
        var report = try Fixture.withEnergy()
        let row = report.results[2]
        report.results = (0..<30).flatMap { algorithm in
            ["cpu", "opencl:0.0", "opencl:1.0"].map { device in
                var row = row
                row.algorithm = "cn/\(algorithm)"
                row.device = device
                row.samples = (0..<samples).map { row.samples[$0 % row.samples.count] }
                row.summarise()
                return row
            }
        }
        report.compareDevices()
        let page = ReportFormat.html.text(ReportSet(report))
        #expect(page.utf8.count < 500_000)
        #expect(
            page.contains("<summary>Every sample") == hasTables
                && page.contains(" samples are in the JSON") != hasTables)
        #expect(
            page.contains("<div class=\"narrow\">") == hasCopies && page.contains("picture\" tabindex") != hasCopies)
        #expect(try ReportSet(reading: Array(page.utf8), name: "").first.report.json == report.json)
    }

    @Test func whatWasMeasuredBesideIsALineEach() throws {
        let lines = ExtraLines.lines(try Fixture.report())
        #expect(
            lines == [
                "cn/r on all at once: 1.23 kH/s (cpu 41.2 H/s, opencl:1.0 1.19 kH/s)",
                "rx/0 on cpu: 1 thread 290.1 H/s, 2 threads 558.3 H/s",
                "cn/r on opencl:1.0: batch 448 1.10 kH/s, batch 896 1.20 kH/s",
                "cn/r on opencl:1.0: 66.4 % of what is possible in random 64-byte lines (1.26 Glines/s of 1.90 Glines/s)",
                "cn/r on opencl:1.0: 1.23 % of what is possible in bytes in order (5.05 GB/s of 410 GB/s)",
                "rx/0 on cpu: 698 cycles of an iteration",
            ])
        let text = TextTable.summary(try Fixture.report()).joined(separator: "\n")
        let markdown = ReportFormat.md.text(ReportSet(try Fixture.report()))
        #expect(lines.allSatisfy { text.contains($0) } && markdown.contains("- cn/r on all at once: 1.23 kH/s"))
    }

    @Test func numbersKeepSevenDigits() {
        for (value, text) in [
            (0.0, "0"), (558.6, "558.6"), (0.000123456789, "0.0001234568"), (2.31e9, "2310000000"),
            (1.0 / 3, "0.3333333"),
            (123456789.0, "123456800"), (0.1, "0.1"), (-2.5, "-2.5"), (1e20, "1e+20"), (9999999.6, "10000000"),
        ] { #expect(JSON.measured(value).text == text) }
        #expect(JSON.measured(.nan) == .null && JSON.measured(nil) == .null && JSON.measured(.infinity) == .null)
    }

    @Test func quantities() {
        for (value, text) in [
            (98.34, "98.3 H/s"), (5413, "5.41 kH/s"), (2.31e9, "2.31 GH/s"), (0.4123, "0.412 H/s"),
            (0, "0.0 H/s"), (558.6, "558.6 H/s"), (999.97, "1.00 kH/s"),
        ] { #expect(Quantity.rate(value) == text) }
        #expect(Quantity.text(0.0123, "J") == "12.3 mJ" && Quantity.bytes(25_000_000_000) == "23.3 GiB")
        #expect(Quantity.seconds(16.13) == "16.1 s" && Quantity.seconds(125) == "2 min 5 s")
    }
}
