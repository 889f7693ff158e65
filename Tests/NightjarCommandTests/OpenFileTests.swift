import Foundation
import TestSupport
import Testing

/// A process that may open few files. When none is left, libdispatch ends it by a trap.
@Suite(.serialized, .timeLimit(.minutes(5))) struct OpenFileTests {
    private static func openFiles(_ id: pid_t) throws -> Int {
        try FileManager.default.contentsOfDirectory(atPath: "/proc/\(id)/fd").count
    }

    @Test func clientsDoNotUseUpTheFiles() async throws {
        let run = try Binary(
            ["mine", "--sandbox", "-a", "cn-pico", "--device", "cpu", "-t", "1", "--api", "127.0.0.1:0"],
            shell: #"n=$((28 + 3 * $(nproc))); ulimit -n "$n"; echo "may open $n"; exec "$0" "$@""#)
        try await run.wait(for: "API: http://127.0.0.1:")
        let most = try #require(run.outputSoFar.firstMatch(of: /may open (\d+)/).flatMap { Int($0.1) })
        let ports = try [" in this process at 127.0.0.1:", "API: http://127.0.0.1:"].map { words in
            let rest = try #require(run.outputSoFar.range(of: words)).upperBound
            return try #require(Int(run.outputSoFar[rest...].prefix { $0.isNumber }))
        }
        // At the sandbox's pool, then at the API.
        for port in ports {
            let client = WebClient(port: port)
            var held: [WebClient.Connection] = []
            for i in 0..<60 {
                held.append(try await client.open(sending: Array((i % 2 == 0 ? "GET /" : "").utf8)))
                #expect(try Self.openFiles(run.processID) <= most - 2, "of \(most)")
            }
            withExtendedLifetime(held) {}
        }
        let api = WebClient(port: ports[1])
        try await eventually("an answer") { (try? await api.ask("/health").status) == 200 }
        run.send(SIGTERM)
        let ended = try await run.ended()
        #expect(ended.code == 143 && !ended.wasKilled, "\(ended)")
    }

    @Test func tooFewAreSaid() async throws {
        // How few are too few depends on the machine: all end in order, until one can begin.
        for most in stride(from: 12, to: 1000, by: 3) {
            let ended = try await Binary.run(
                ["mine", "-o", "127.0.0.1:1", "-u", "me", "-a", "cn-pico", "--device", "cpu", "-t", "1", "--api", "0"],
                shell: #"ulimit -n \#(most); exec "$0" "$@" --max-seconds 0.2"#)
            if ended.code == 69 {
                #expect(most > 12)
                return
            }
            #expect(ended.code == 1 && !ended.wasKilled && ended.lines.isEmpty, "\(most): \(ended)")
            #expect(
                ended.err.hasPrefix("error: only ") && ended.err.hasSuffix("raise the limit (ulimit -n)\n"), "\(ended)")
        }
        Issue.record("it never began")
    }

    @Test func theLimitIsRaisedToWhatTheSystemAllows() async throws {
        for (soft, hard, now) in [(60, 200, 200), (60, 5000, 4096), (5000, 5000, 5000)] {
            let run = try Binary(
                ["mine", "--sandbox", "-a", "cn-pico", "--device", "cpu", "-t", "1"],
                shell: #"ulimit -S -n \#(soft); ulimit -H -n \#(hard); exec "$0" "$@""#)
            try await run.wait(for: "sandbox: ")
            let limits = try String(contentsOfFile: "/proc/\(run.processID)/limits", encoding: .utf8)
            let line = try #require(limits.firstMatch(of: /Max open files +(\d+) +(\d+)/))
            #expect(Int(line.1) == now && Int(line.2) == hard)
            run.send(SIGTERM)
            #expect(try await run.ended().code == 143)
        }
    }
}
