import Foundation
import Testing

@Suite(.serialized, .timeLimit(.minutes(10))) struct TuneTests {
    @Test func whatIsTunedIsUsed() async throws {
        let cache = NSTemporaryDirectory() + "nightjar-cache-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: cache) }
        let shell = #"XDG_CACHE_HOME=\#(cache) exec "$0" "$@""#
        let tune = try await Binary.run(
            ["tune", "-a", "cn-pico", "--device", "opencl:0.0,cpu", "--seconds", "2"], shell: shell)
        #expect(tune.code == 0 && tune.err == "", "\(tune)")
        #expect(tune.lines.count == 2)
        #expect(
            tune.lines.contains { $0.hasPrefix("cn-pico on opencl:0.0: ") && $0.contains("H/s; tuned: ") }, "\(tune)")
        #expect(tune.lines.contains { $0.hasPrefix("cn-pico on cpu: nothing to tune: ") }, "\(tune)")
        let bench = try await Binary.run(
            ["bench", "-a", "cn-pico", "--device", "opencl:0.0", "--hashes", "64", "--json"], shell: shell)
        #expect(bench.code == 0 && bench.out.contains(#""tuned: "#), "\(bench)")
    }

    @Test func memoryIsMeasuredOnDemand() async throws {
        let ended = try await Binary.run(["devices", "--measure", "--json"])
        #expect(ended.code == 0 && ended.err == "", "\(ended)")
        let devices = try #require(try ended.json() as? [[String: Any]])
        for device in devices where device["id"] as? String != "cpu" {
            let measured = try #require(device["measured"] as? [String: Any])
            #expect((measured["copyBytesPerSecond"] as? Double ?? 0) > 0)
            let random = try #require(measured["random"] as? [[String: Any]])
            #expect(!random.isEmpty && random.allSatisfy { ($0["accessesPerSecond"] as? Double ?? 0) > 0 })
        }
    }
}
