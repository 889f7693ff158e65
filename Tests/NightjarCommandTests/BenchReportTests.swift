import Foundation
import TestSupport
import Testing

/// `bench` with samples, its files, and `report`, which reads them.
@Suite(.serialized, .timeLimit(.minutes(10))) struct BenchReportTests {
    /// A folder that goes away.
    private final class Folder {
        let path = NSTemporaryDirectory() + "nightjar-report-\(UUID().uuidString)"
        init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }
        deinit { try? FileManager.default.removeItem(atPath: path) }
        func file(_ name: String) -> String { "\(path)/\(name)" }
        func text(_ name: String) throws -> String { try String(contentsOfFile: file(name), encoding: .utf8) }
    }

    private static let quick = ["bench", "-a", "cn-pico,cn/upx2", "--device", "cpu", "-t", "1", "--seconds", "0.3"]

    @Test func samplesAreTakenInTurnAndFilesAreWritten() async throws {
        let folder = try Folder()
        let names = ["a.json", "a.html", "a.svg", "a.md", "a.csv"]
        let ended = try await Binary.run(
            Self.quick + ["--repetitions", "3", "--watts", "50", "--price", "0.3", "--json"]
                + names.flatMap { ["--report", folder.file($0)] })
        #expect(ended.code == 0, "\(ended)")
        let object = try #require(try ended.json() as? [String: Any])
        #expect(Set(object.keys) == BenchTests.members.union(["costs"]))
        let results = try #require(object["results"] as? [[String: Any]])
        var starts: [(Double, Int)] = []
        for (index, result) in results.enumerated() {
            let samples = try #require(result["samples"] as? [[String: Any]])
            #expect(samples.count == 3 && result["repetitions"] as? Int == 3 && result["unit"] as? String == "H/s")
            // Everything is over all samples; the nonces go on from one to the next.
            #expect(samples.compactMap { $0["hashes"] as? Int }.reduce(0, +) == result["hashes"] as? Int)
            let rates = samples.compactMap { sample -> Double? in
                guard let hashes = sample["hashes"] as? Double, let seconds = sample["seconds"] as? Double else {
                    return nil
                }
                return hashes / seconds
            }.sorted()
            let rate = try #require(result["hashrate"] as? Double)
            #expect(abs(rate - rates[1]) < rate * 1e-4)
            let (low, high) = (result["low"] as? Double ?? -1, result["high"] as? Double ?? -1)
            #expect(low <= rate && rate <= high && low > 0)
            #expect(result["powerSource"] as? String == "typed" && (result["joulesPerHash"] as? Double ?? 0) > 0)
            starts += samples.compactMap { $0["start"] as? Double }.map { ($0, index) }
        }
        #expect(starts.sorted { $0.0 < $1.0 }.map(\.1) == [0, 1, 0, 1, 0, 1])
        // The checksum is that of so many hashes from the first nonce on.
        let hashes = try #require(results[0]["hashes"] as? Int)
        let again = try await Binary.run(
            ["bench", "-a", "cn-pico", "--device", "cpu", "--hashes", "\(hashes)", "--json"])
        let other = try #require((try again.json() as? [String: Any])?["results"] as? [[String: Any]])
        #expect(other[0]["checksum"] as? String == results[0]["checksum"] as? String)

        #expect(try folder.text("a.json") == ended.out)
        let page = try folder.text("a.html")
        #expect(page.hasPrefix("<!DOCTYPE html>") && page.contains("cn-pico") && !page.contains("<script"))
        #expect(try folder.text("a.svg").hasPrefix("<svg "))
        #expect(try folder.text("a.csv").split(separator: "\r\n").count == 7)
        #expect(try folder.text("a.md").contains("| cn-pico |"))
        let conditions = try #require(object["conditions"] as? [String: Any])
        let reasons = try #require(conditions["unavailable"] as? [String: String])
        for (name, value) in conditions where value is NSNull { #expect(reasons[name]?.isEmpty == false, "\(name)") }
        #expect((conditions["frequencyMHz"] as? Double ?? 0) > 100)
    }

    @Test func reportsAreReadConvertedAndCompared() async throws {
        let folder = try Folder()
        let input = Vectors.path("report/input.json")
        let shown = try await Binary.run(["report", input])
        #expect(shown.code == 0 && shown.err == "" && shown.out.contains("sha256d    opencl:1.0"), "\(shown)")
        let converted = try await Binary.run(["report", input, "-o", folder.file("b.html")])
        #expect(converted.code == 0 && converted.out == "", "\(converted)")
        // Out of the page comes the same JSON as out of the file.
        for (from, to) in [(folder.file("b.html"), "c.json"), (input, "d.json")] {
            #expect(try await Binary.run(["report", from, "-o", folder.file(to)]).code == 0)
        }
        #expect(try folder.text("c.json") == folder.text("d.json"))
        let compared = try await Binary.run(["report", input, folder.file("b.html")])
        #expect(compared.code == 0 && compared.out.contains("b.html against input.json:"), "\(compared)")
        #expect(compared.lines.filter { $0.hasSuffix("same") }.count == 7, "\(compared)")
    }

    @Test func faultsHaveTheirExitCodes() async throws {
        let folder = try Folder()
        try Data("{}".utf8).write(to: URL(fileURLWithPath: folder.file("empty.json")))
        let input = Vectors.path("report/input.json")
        for (arguments, code) in [
            (["report"], Int32(64)), (["report", folder.file("none.json")], 65),
            (["report", folder.file("empty.json")], 65),
            (["report", input, "-o", folder.file("x.pdf")], 64),
            (["report", input, "-o", folder.file("no/x.html")], 1),
            (Self.quick + ["--report", folder.file("x.txt")], 64),
            (Self.quick + ["--report", folder.file("no/x.json")], 1),
            (Self.quick + ["--baseline", folder.file("empty.json")], 65), (Self.quick + ["--fail-below", "0.9"], 64),
            (Self.quick + ["--price", "1"], 64), (Self.quick + ["--watts", "-1"], 64),
            (Self.quick + ["--repetitions", "0"], 64), (Self.quick + ["--budget", "-1"], 64),
            (["bench", "--hashes", "5", "--repetitions", "2"], 64),
        ] {
            let ended = try await Binary.run(arguments)
            #expect(ended.code == code && ended.err.hasPrefix("error: "), "\(arguments) \(ended)")
            #expect(ended.err.split(separator: "\n").count == 1, "\(ended)")
        }
    }

    /// An earlier report that is a million times as fast, or as slow.
    @Test func aBaselineDecides() async throws {
        let folder = try Folder()
        let run = try await Binary.run(Self.quick + ["--json"])
        let object = try #require(try run.json() as? [String: Any])
        for (name, factor, code) in [("fast.json", 1e6, Int32(1)), ("slow.json", 1e-6, 0)] {
            var changed = object
            changed["results"] = (object["results"] as? [[String: Any]])?.map { result in
                var result = result
                result["hashrate"] = (result["hashrate"] as? Double ?? 0) * factor
                result["samples"] = [[String: Any]]()
                return result
            }
            try JSONSerialization.data(withJSONObject: changed).write(to: URL(fileURLWithPath: folder.file(name)))
            let ended = try await Binary.run(
                Self.quick + ["--json", "--baseline", folder.file(name), "--fail-below", "0.97"])
            #expect(ended.code == code, "\(ended)")
            if code == 1 { #expect(ended.err.hasPrefix("error: cn-pico on cpu is slower"), "\(ended)") }
            let baseline = try #require((try ended.json() as? [String: Any])?["baseline"] as? [String: Any])
            let comparisons = try #require(baseline["comparisons"] as? [[String: Any]])
            #expect(baseline["file"] as? String == name && comparisons.count == 2)
            let word = code == 1 ? "slower" : "faster"
            #expect(comparisons.allSatisfy { $0["verdict"] as? String == word })
        }
    }

    @Test func aProcessorsOpenCLDeviceIsMarked() async throws {
        let ended = try await Binary.run(["bench", "-a", "cn-pico", "--hashes", "8", "--json"])
        let object = try #require(try ended.json() as? [String: Any])
        let devices = try #require(object["devices"] as? [[String: Any]])
        #expect(devices.map { $0["id"] as? String } == ["cpu", "opencl:0.0"], "\(ended)")
        #expect(devices[1]["sameSiliconAs"] as? String == "cpu" && devices[0]["sameSiliconAs"] == nil)
        let comparison = try #require((object["comparisons"] as? [[String: Any]])?.first)
        #expect((comparison["a"] as? [String: String])?["device"] == "opencl:0.0")
        #expect((comparison["b"] as? [String: String])?["device"] == "cpu")
    }
}
