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
            (Self.quick + ["--price", "-1"], 64), (Self.quick + ["--watts", "-1"], 64),
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

    /// Both devices at once, other numbers of threads, other batches, and what the devices can do.
    @Test func theWholeIsMeasuredToo() async throws {
        let folder = try Folder()
        let ended = try await Binary.run(
            [
                "bench", "-a", "cn-pico", "--seconds", "0.5", "--repetitions", "1", "--together", "--scan",
                "--ceilings",
                "--json", "--report", folder.file("a.html"),
            ])
        #expect(ended.code == 0, "\(ended)")
        let object = try #require(try ended.json() as? [String: Any])
        let together = try #require(object["together"] as? [String: Any])
        let parts = try #require(together["results"] as? [[String: Any]])
        let sums = try #require(together["sums"] as? [[String: Any]])
        #expect(
            parts.compactMap { $0["device"] as? String } == ["cpu", "opencl:0.0"] && sums.count == 1, "\(ended.err)")
        let sum = try #require(sums.first?["hashrate"] as? Double)
        let rates = parts.compactMap { $0["hashrate"] as? Double }
        #expect(rates.allSatisfy { $0 > 0 } && abs(rates.reduce(0, +) - sum) < sum * 1e-5)
        let scan = try #require(object["scan"] as? [[String: Any]])
        let threads = scan.compactMap { $0["threads"] as? Int }
        let batches = scan.compactMap { $0["batch"] as? Int }
        let usual = try #require((object["results"] as? [[String: Any]])?.first?["threads"] as? Int)
        #expect(threads.first == 1 && threads.last == usual && threads == threads.sorted())
        #expect(batches.count > 1 && batches == batches.sorted() && threads.count + batches.count == scan.count)
        #expect(scan.allSatisfy { ($0["hashrate"] as? Double ?? 0) > 0 })
        for result in try #require(object["results"] as? [[String: Any]]) {
            let limits = try #require(result["limits"] as? [[String: Any]])
            #expect(limits.allSatisfy { ($0["reached"] as? Double ?? 0) > 0 })
            if result["device"] as? String == "cpu" {
                #expect(limits.map { $0["name"] as? String } == ["cycles of an iteration"])
            } else {
                // Its few scratchpads fit into a cache, where random accesses are not measured.
                #expect(limits.map { $0["name"] as? String } == ["bytes in order"])
                #expect(limits.allSatisfy { ($0["measured"] as? Double ?? 0) > 0 && ($0["share"] as? Double ?? 0) > 0 })
            }
        }
        let page = try folder.text("a.html")
        for title in ["All devices at once", "Scaling", "How near the limit"] { #expect(page.contains("<h2>\(title)")) }
        for flag in ["--together", "--scan"] {
            let refused = try await Binary.run(["bench", "-a", "cn-pico", "--hashes", "8", flag])
            #expect(refused.code == 64 && refused.err.hasPrefix("error: \(flag) and --hashes"), "\(refused)")
        }
    }

    /// Batches are scanned around the one that was measured, and other settings stay.
    @Test func aScanGoesAroundTheMeasuredBatch() async throws {
        let ended = try await Binary.run([
            "bench", "-a", "cn-pico", "--device", "opencl:0.0", "--seconds", "0.2", "--repetitions", "1", "--scan",
            "--set", "batch=5,groupLoop=2", "--json",
        ])
        #expect(ended.code == 0, "\(ended)")
        let object = try #require(try ended.json() as? [String: Any])
        let scan = try #require(object["scan"] as? [[String: Any]])
        #expect(scan.compactMap { $0["batch"] as? Int } == [1, 2, 5, 10, 20, 40])
        #expect(scan.allSatisfy { ($0["hashrate"] as? Double ?? 0) > 0 && $0["threads"] == nil })
        let warnings = try #require(object["warnings"] as? [String])
        #expect(!warnings.contains { $0.hasPrefix("No speed") }, "\(warnings)")
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
