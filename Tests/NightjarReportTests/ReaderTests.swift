import Foundation
import NightjarJSON
import NightjarPlatform
import NightjarReport
import Testing

@Suite(.timeLimit(.minutes(2))) struct ReaderTests {
    private let old = """
        {"version":"0.1.0","host":{"cpu":"C","cores":2,"os":"O","hugePages":true},"results":[{"algorithm":"rx/0",
        "device":"cpu","deviceName":"C","threads":2,"hashes":10000,"seconds":17.9,"hashrate":558.6,"setupSeconds":16.1,
        "checksum":"4A597463865ACF0E","verified":true}]}
        """

    @Test func schema1IsRead() throws {
        let report = try ReportSet(reading: Array(old.utf8), name: "old.json").first.report
        let row = try #require(report.results.first)
        #expect(row.hashrate == 558.6 && row.samples.isEmpty && row.interval == nil && row.rates == [558.6])
        #expect(report.conditions == nil && report.devices.isEmpty)
        for format in ReportFormat.allCases {
            let text = format.text(ReportSet(report, name: "old.json"))
            #expect(text.contains("rx/0") && text.contains("558"), "\(format)")
        }
        // What it becomes is of schema 2.
        #expect(report.json["schema"]?.uint64 == 2 && report.json["results"]?.array?[0]["hashrate"]?.double == 558.6)
    }

    /// A speed that is not verified is none, whatever the file says.
    @Test func unverifiedSpeedsAreNone() throws {
        let text = old.replacing("\"verified\":true", with: "\"verified\":false")
        let report = try ReportSet(reading: Array(text.utf8), name: "").first.report
        #expect(report.results[0].hashrate == nil && report.measured.isEmpty && report.failed.count == 1)
        #expect(!ReportFormat.html.text(ReportSet(report)).replacing(/(?s)<pre.*<\/pre>/, with: "").contains("558"))
    }

    @Test(arguments: [
        ("", "JSON that ends too early"), ("{}", "lacks version, host or results"), ("[1]", "an array"),
        ("<html></html>", "without the JSON"), (#"<pre id="nightjar-json">{"#, "ends too early"), ("\u{0}", "not JSON"),
        (#"{"schema":3,"version":"9","host":{},"results":[]}"#, "schema 3"),
        (#"{"schema":"2","version":"9","host":{},"results":[]}"#, "'schema' of the report is not a whole number"),
        (#"{"version":"1","host":{},"results":[{}]}"#, "lacks 'algorithm'"),
        (#"{"version":"1","host":{},"results":[{"algorithm":"a","device":"d","hashes":-1}]}"#, "'hashes'"),
        (#"{"version":"1","host":{},"results":[{"algorithm":"a","device":"d","seconds":1e400}]}"#, "'seconds'"),
        (
            #"{"version":"1","host":{},"results":[{"algorithm":"a","device":"d","samples":[{"seconds":0,"hashes":1}]}]}"#,
            "a sample took no time"
        ),
        (
            #"{"version":"1","host":{},"results":[{"algorithm":"a","device":"d","verified":true,"hashrate":1,"low":2,"high":1}]}"#,
            "'low'"
        ),
        (#"{"reports":[]}"#, "no report"), (#"{"version":"1","host":{},"results":[],"warnings":[1]}"#, "not text"),
    ])
    func filesThatAreNoReportsSaySo(_ text: String, _ reason: String) {
        let error = #expect(throws: ReportError.self) { try ReportSet(reading: Array(text.utf8), name: "") }
        #expect(error?.description.contains(reason) == true, "\(error.map(String.init(describing:)) ?? "")")
    }

    /// Whatever is changed in a report, it is read or refused, and what is read can be drawn.
    @Test func changedBytesNeverTrap() throws {
        let bytes = Array(ReportFormat.json.text(ReportSet(try Fixture.report())).utf8)
        var generator = SplitMix64(seed: 19)
        var read = 0
        for _ in 0..<300 {
            var changed = bytes
            for _ in 0..<Int.random(in: 1...3, using: &generator) {
                let place = Int.random(in: 0..<changed.count, using: &generator)
                let characters = Array("0123456789eE.-+\"{}[],:nul".utf8)
                changed[place] = characters.randomElement(using: &generator) ?? 0
            }
            guard let set = try? ReportSet(reading: changed, name: "x") else { continue }
            read += 1
            for format in [ReportFormat.svg, .html, .md, .csv] { #expect(!format.text(set).isEmpty) }
        }
        #expect(read > 20)
    }
}
