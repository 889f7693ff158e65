import Foundation
import TestSupport
import Testing

@Suite(.serialized, .timeLimit(.minutes(20))) struct BenchTests {
    static let fields: Set<String> = [
        "algorithm", "device", "deviceName", "threads", "hashes", "seconds", "hashrate", "setupSeconds", "checksum",
        "verified", "explanation", "unit", "low", "high", "repetitions", "warmupSeconds", "joulesPerHash",
        "netJoulesPerHash", "powerSource", "watts",
        "samples",
    ]
    static let members: Set<String> = [
        "version", "host", "results", "schema", "created", "command", "conditions", "devices", "warnings",
        "comparisons",
    ]

    @Test(arguments: [
        (["cn/0", "cn/1", "cn/2", "cn/r", "rx/0"], "cpu"), (["cn/2", "rx/2"], "opencl:0.0"),
    ])
    // Of OpenCL's, one of each family: the engine's tests have them all.
    func checksumsOf64HashesAreTheKnownOnes(_ algorithms: [String], _ device: String) async throws {
        let report = NSTemporaryDirectory() + "nightjar-report-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: report) }
        let ended = try await Binary.run(
            [
                "bench", "-a", algorithms.joined(separator: ","), "--device", device, "--hashes", "64", "--json",
                "--report", report,
            ], timeout: 300)
        #expect(ended.code == 0 && ended.err == "", "\(ended)")
        #expect(ended.out == (try String(contentsOfFile: report, encoding: .utf8)))

        let object = try #require(try ended.json() as? [String: Any])
        #expect(Set(object.keys) == Self.members && object["schema"] as? Int == 2)
        let host = try #require(object["host"] as? [String: Any])
        #expect(Set(host.keys) == ["cpu", "cores", "os", "hugePages"])
        #expect(host["hugePages"] is Bool && (host["cores"] as? Int ?? 0) > 0)

        let results = try #require(object["results"] as? [[String: Any]])
        #expect(results.map { $0["algorithm"] as? String } == algorithms)
        for result in results {
            let name = try #require(result["algorithm"] as? String)
            let known = try #require(try Vectors.checksums(name).first { $0.hashes == 64 })
            // So few hashes are done before a dataset is.
            #expect(result["mode"] as? String == (name.hasPrefix("rx/") ? "light" : nil))
            #expect(Set(result.keys).subtracting(["mode"]) == Self.fields)
            #expect(result["checksum"] as? String == known.checksum, "\(name)")
            #expect(result["device"] as? String == device && result["verified"] as? Bool == true)
            #expect(result["hashes"] as? Int == 64 && (result["threads"] as? Int ?? 0) > 0)
            let (seconds, rate) = (result["seconds"] as? Double ?? 0, result["hashrate"] as? Double ?? 0)
            #expect(seconds > 0 && abs(rate * seconds - 64) < 1, "\(name): \(rate) H/s for \(seconds) s")
            #expect((result["setupSeconds"] as? Double ?? -1) >= 0)
            // One sample, which has no interval.
            #expect((result["samples"] as? [[String: Any]])?.map { $0["hashes"] as? Int } == [64])
            #expect(result["low"] is NSNull && result["high"] is NSNull && result["repetitions"] as? Int == 1)
        }
    }

    /// Ten thousand hashes are worth a dataset: the mode is chosen by itself. Where memory is too short for one, the
    /// same hashes take longer.
    @Test func tenThousandHashesAreDoneInFullMode() async throws {
        let ended = try await Binary.run(
            ["bench", "-a", "rx/0", "--device", "cpu", "--hashes", "10000", "--json"], timeout: 600)
        #expect(ended.code == 0 && ended.err == "", "\(ended)")
        let object = try #require(try ended.json() as? [String: Any])
        let result = try #require((object["results"] as? [[String: Any]])?.first)
        #expect(result["checksum"] as? String == "4A597463865ACF0E" && result["verified"] as? Bool == true)
        let lacksMemory = (result["explanation"] as? [String] ?? []).contains { $0.contains("not enough memory") }
        #expect(result["mode"] as? String == (lacksMemory ? "light" : "full"), "\(ended)")
    }

    @Test func theModeIsTheUsersChoice() async throws {
        let ended = try await Binary.run(["bench", "-a", "rx/0", "--randomx-mode", "sideways", "--hashes", "1"])
        #expect(ended.code == 64 && ended.err.hasPrefix("error: "), "\(ended)")
        let light = try await Binary.run(
            ["bench", "-a", "rx/2", "--device", "cpu", "--seconds", "0.1", "--randomx-mode", "light"])
        #expect(
            light.code == 0 && light.out.contains(" lanes, light mode, checksum ")
                || light.out.contains("1 lane, light mode"), "\(light)")
    }

    @Test func aNumberOfThreadsIsKept() async throws {
        let ended = try await Binary.run([
            "bench", "-a", "cn/2", "--device", "cpu", "-t", "1", "--seconds", "0.2", "--json",
        ])
        let object = try #require(try ended.json() as? [String: Any])
        let result = try #require((object["results"] as? [[String: Any]])?.first)
        #expect(ended.code == 0 && result["threads"] as? Int == 1 && (result["hashes"] as? Int ?? 0) > 0, "\(ended)")
    }

    @Test func aPairThatWasNamedAndCannotRunIsAnError() async throws {
        let ended = try await Binary.run(
            ["bench", "-a", "rx/0", "--device", "opencl:0.0", "--hashes", "1", "--json"], shell: Binary.onSmallDevice)
        #expect(ended.code == 1 && ended.err.hasPrefix("error: rx/0 on opencl:0.0: "), "\(ended)")
        let object = try #require(try ended.json() as? [String: Any])
        let result = try #require((object["results"] as? [[String: Any]])?.first)
        #expect(Set(result.keys) == Self.fields.union(["error"]))
        #expect(result["hashrate"] is NSNull && result["verified"] as? Bool == false)
        #expect((result["error"] as? String)?.isEmpty == false)
    }

    @Test func aPairThatWasOnlyImpliedIsLeftOut() async throws {
        let ended = try await Binary.run(
            ["bench", "-a", "rx/0", "--hashes", "1", "--json"], shell: Binary.onSmallDevice)
        #expect(ended.code == 0, "\(ended)")
        let object = try #require(try ended.json() as? [String: Any])
        #expect((object["results"] as? [[String: Any]])?.map { $0["device"] as? String } == ["cpu"])
    }

    @Test func selftestSaysWhatPassed() async throws {
        let ended = try await Binary.run([
            "selftest", "-a", "cn/0", "-a", "cn/r", "--device", "cpu", "--device", "opencl:0.0",
        ])
        #expect(ended.code == 0 && ended.err == "", "\(ended)")
        #expect(ended.lines.count == 4)
        for line in ended.lines {
            #expect(line.wholeMatch(of: /cn\/[0r] on (cpu|opencl:0\.0): passed, \d+ known answers/) != nil)
        }
        let unable = try await Binary.run(
            ["selftest", "-a", "rx/0", "--device", "opencl:0.0"], shell: Binary.onSmallDevice)
        #expect(unable.code == 1 && unable.err.hasPrefix("error: rx/0 on opencl:0.0: "), "\(unable)")
    }
}
