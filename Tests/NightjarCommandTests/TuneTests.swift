import Foundation
import NightjarCommand
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
            tune.lines.contains {
                $0.hasPrefix("cn-pico on opencl:0.0: ") && $0.contains(" with the defaults; tuned: ")
            },
            "\(tune)")
        #expect(tune.lines.contains { $0.hasPrefix("cn-pico on cpu: nothing to tune: ") }, "\(tune)")
        let bench = try await Binary.run(
            ["bench", "-a", "cn-pico", "--device", "opencl:0.0", "--hashes", "64", "--json"], shell: shell)
        #expect(bench.code == 0 && bench.out.contains(#""tuned: "#), "\(bench)")
    }

    @Test func theProgressSaysHowLongItTakesAndFitsTheTerminal() {
        func line(_ fraction: Double, _ best: Double?, width: Int = 200) -> String {
            TuneLine.text(
                "cn/r on opencl:0.0", fraction: fraction, of: 30, trying: "groupLoop 32", best: best, width: width)
        }
        #expect(
            line(0.6, 12_345)
                == "[############........] cn/r on opencl:0.0: groupLoop 32, about 12 s left; best so far 12.35 kH/s")
        #expect(line(1, nil) == "[####################] cn/r on opencl:0.0: groupLoop 32, about 0 s left")
        #expect(line(0.6, nil, width: 39) == "[############........] cn/r on opencl:0")
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
