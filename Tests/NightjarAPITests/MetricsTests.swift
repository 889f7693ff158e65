import NightjarAPI
import NightjarMiner
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5))) struct MetricsTests {
    /// A sample: its metric, its labels with what they say, and its value.
    private struct MetricSample: Hashable {
        let name: String
        let labels: [String: String]
        let value: String
    }

    /// Reads the text format line by line, and complains of whatever the format does not allow.
    private static func read(_ text: String) throws -> (types: [String: String], samples: [MetricSample]) {
        var (types, helps, samples, order): ([String: String], [String: String], [MetricSample], [String]) = (
            [:], [:], [], []
        )
        #expect(text.hasSuffix("\n"))
        // Only line feeds end a line here.
        for line in text.unicodeScalars.split(separator: "\n").map({ String($0) }) {
            if let match = line.wholeMatch(of: /# HELP ([a-z_:][a-z0-9_:]*) (.+)/) {
                #expect(helps.updateValue(String(match.2), forKey: String(match.1)) == nil, "one help: \(line)")
                order.append(String(match.1))
            } else if let match = line.wholeMatch(of: /# TYPE ([a-z_:][a-z0-9_:]*) (counter|gauge)/) {
                #expect(order.last.map { $0 == match.1 } == true, "the type comes after the help: \(line)")
                #expect(types.updateValue(String(match.2), forKey: String(match.1)) == nil, "one type: \(line)")
            } else {
                let labelled =
                    /([a-z_:][a-z0-9_:]*)(\{(?:[a-z_]+="(?:[^"\\\n]|\\["\\n])*",?)+\})? ([-+]?[0-9][0-9.e+-]*|NaN|[-+]Inf)/
                let match = try #require(
                    line.wholeMatch(of: labelled.matchingSemantics(.unicodeScalar)), "not a sample: \(line)")
                #expect(order.last.map { $0 == match.1 } == true, "samples of a metric stand together: \(line)")
                var labels: [String: String] = [:]
                let pair = /([a-z_]+)="((?:[^"\\]|\\.)*)"/.matchingSemantics(.unicodeScalar).dotMatchesNewlines()
                for found in (match.2 ?? "").matches(of: pair) {
                    let value = String(found.2).replacing("\\n", with: "\n").replacing("\\\"", with: "\"")
                        .replacing("\\\\", with: "\\")
                    #expect(labels.updateValue(value, forKey: String(found.1)) == nil)
                }
                samples.append(MetricSample(name: String(match.1), labels: labels, value: String(match.3)))
            }
        }
        #expect(Set(types.keys) == Set(samples.map(\.name)) && Set(types.keys) == Set(helps.keys))
        #expect(
            Set(samples.map { "\($0.name)\($0.labels.sorted { $0.key < $1.key })" }).count == samples.count,
            "each sample once")
        return (types, samples)
    }

    @Test(arguments: [MinerSnapshot.mining, .fresh, .paused]) func theFormatIsKept(_ snapshot: MinerSnapshot)
        async throws
    {
        let fixture = try await Fixture(snapshot: snapshot)
        let answer = try await fixture.client.ask("/metrics")
        #expect(answer["content-type"] == "text/plain; version=0.0.4; charset=utf-8")
        let (types, samples) = try Self.read(answer.text)
        #expect(samples.count > 20)
        for (name, type) in types {
            #expect(name.hasSuffix("_total") == (type == "counter"), "\(name)")
            #expect(name.hasPrefix("nightjar_") || name.hasPrefix("process_"), "\(name)")
        }
    }

    @Test func metricsTellTheRun() async throws {
        let fixture = try await Fixture()
        let samples = try Self.read(try await fixture.client.ask("/metrics").text).samples
        func value(_ name: String, _ labels: [String: String] = [:]) -> String? {
            samples.first { $0.name == name && $0.labels == labels }?.value
        }
        #expect(value("nightjar_info", ["version": "1.2.3", "algorithm": "cn/2"]) == "1")
        #expect(value("nightjar_mining") == "1" && value("nightjar_paused", ["reason": "api"]) == "0")
        #expect(value("nightjar_hashrate_hashes_per_second", ["window": "10s"]) == "40.5")
        #expect(value("nightjar_hashrate_hashes_per_second", ["window": "15m"]) == nil, "not measured yet")
        #expect(value("nightjar_device_hashrate_hashes_per_second", ["device": "cpu", "window": "60s"]) == "41")
        #expect(value("nightjar_shares_total", ["state": "accepted"]) == "2")
        #expect(value("nightjar_shares_found_total") == "4" && value("nightjar_shares_waiting") == "1")
        #expect(value("nightjar_device_shares_total", ["device": "cpu", "state": "rejected"]) == "1")
        #expect(value("nightjar_device_temperature_celsius", ["device": "cpu"]) == "61.5")
        #expect(value("nightjar_device_temperature_celsius", ["device": "opencl:0.0"]) == nil, "no sensor, no sample")
        #expect(value("nightjar_device_wrong_hashes_total", ["device": "opencl:0.0"]) == "3")
        #expect(value("nightjar_device_state", ["device": "opencl:0.0", "state": "quarantined"]) == "1")
        #expect(value("nightjar_device_state", ["device": "opencl:0.0", "state": "working"]) == "0")
        #expect(value("nightjar_pool_latency_seconds") == "0.042")
        #expect(value("nightjar_pool_failures_total") == "3" && value("nightjar_job_height") == "3000000")
        #expect(value("process_start_time_seconds") == "1700000000")
        // Whatever a device calls itself comes back as it was, but for what does not show.
        let name = String(
            String.UnicodeScalarView(
                MinerSnapshot.hostile.unicodeScalars.map {
                    "\r\u{1B}\u{2028}".unicodeScalars.contains($0) ? "\u{FFFD}" : $0
                }))
        #expect(value("nightjar_device_info", ["device": "opencl:0.0", "name": name, "kind": "gpu"]) == "1")
    }

    @Test func numbersAndWordsAreWrittenAsTheFormatHasThem() {
        var metrics = Metrics()
        metrics.add(
            "a_total", .counter, "two\nlines \\ \"quoted\"",
            [.init(["x": "\\\n\""], 1), .init(["x": "y"], nil), .init([:], 0.25)])
        metrics.add("b", .gauge, "nothing", nil)
        metrics.add(
            "c", .gauge, "odd",
            [
                .init(["x": "1"], .infinity), .init(["x": "2"], -.infinity), .init(["x": "3"], .nan),
                .init(["x": "4"], 1e300),
            ])
        #expect(
            metrics.text == """
                # HELP a_total two\\nlines \\\\ "quoted"
                # TYPE a_total counter
                a_total{x="\\\\\\n\\""} 1
                a_total 0.25
                # HELP c odd
                # TYPE c gauge
                c{x="1"} +Inf
                c{x="2"} -Inf
                c{x="3"} NaN
                c{x="4"} 1e+300

                """)
    }
}
