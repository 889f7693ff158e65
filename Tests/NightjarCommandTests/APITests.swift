import Foundation
import TestSupport
import Testing

/// The API of a whole miner.
@Suite(.serialized, .timeLimit(.minutes(10))) struct APITests {
    private static let token = "a-token-of-the-tests"
    private static let wallet = "a-wallet-of-the-tests"
    private static let password = "a-password-of-the-tests"

    /// Starts a miner with an API on any free port, and returns a client for it.
    private static func start(_ arguments: [String]) async throws -> (Binary, WebClient) {
        let binary = try Binary(["mine", "--device", "cpu", "--api", "127.0.0.1:0"] + arguments)
        try await binary.wait(for: "API: http://127.0.0.1:")
        let url = try #require(binary.outputSoFar.firstMatch(of: /API: http:\/\/127\.0\.0\.1:(\d+)\//))
        return (binary, WebClient(port: try #require(Int(url.1))))
    }

    @Test func aRunIsWatchedPausedAndStopped() async throws {
        let (binary, client) = try await Self.start(["--sandbox", "--api-token", Self.token])
        #expect(try !binary.commandLine().contains(Self.token))
        let headers = ["Authorization": "Bearer \(Self.token)", "Content-Type": "application/json"]
        func summary() async throws -> [String: Any] {
            try #require(try await client.ask("/2/summary", headers: headers).json() as? [String: Any])
        }
        func accepted() async throws -> Int {
            (try await summary()["connection"] as? [String: Any])?["accepted"] as? Int ?? 0
        }

        #expect(try await client.ask("/2/summary").status == 401)
        try await eventually(every: .milliseconds(100), "an accepted share") { try await accepted() > 0 }
        #expect(try await client.ask("/health").status == 200)
        let mining = try await summary()
        #expect(mining["algo"] as? String == "cn/2" && mining["version"] as? String == "0.1.0")
        #expect((mining["results"] as? [String: Any])?["hashes_total"] as? Int ?? 0 > 0)
        let backends = try #require(try await client.ask("/2/backends", headers: headers).json() as? [[String: Any]])
        #expect(backends.first?["enabled"] as? Bool == true && backends.first?["algo"] as? String == "cn/2")

        #expect(try await client.ask("POST", "/pause", headers: headers, body: []).status == 200)
        #expect(try await summary()["paused"] as? Bool == true)
        #expect(try await client.ask("/health").status == 503)
        #expect(try await client.ask("POST", "/resume", headers: headers, body: []).status == 200)
        try await eventually(every: .milliseconds(50), "work") { try await client.ask("/health").status == 200 }

        let call = Array(#"{"method":"stop","id":1}"#.utf8)
        #expect(try await client.ask("POST", "/json_rpc", headers: headers, body: call).status == 200)
        let ended = try await binary.ended()
        #expect(ended.code == 0 && ended.err == "" && ended.lines.last?.contains("on average") == true, "\(ended)")
    }

    /// Nobody answers at the pool: what the user said of himself is all there is to be told.
    @Test func nothingTellsAWalletOrAPassword() async throws {
        let (binary, client) = try await Self.start(
            ["-o", "127.0.0.1:1", "-u", Self.wallet, "-p", Self.password, "--rig-id", "rig-of-the-tests"])
        for path in [
            "/", "/health", "/1/summary", "/2/summary", "/2/backends", "/api.json", "/api/state.json", "/metrics",
            "/1/config",
        ] {
            let answer = try await client.ask(path)
            #expect(!answer.text.contains(Self.wallet) && !answer.text.contains(Self.password), "\(path)")
        }
        let summary = try #require(try await client.ask("/2/summary").json() as? [String: Any])
        #expect(summary["worker_id"] as? String == "rig-of-the-tests" && summary["restricted"] as? Bool == true)
        #expect(try await client.ask("/health").status == 503)
        binary.send(SIGTERM)
        #expect(try await binary.ended().code == 143)
    }

    @Test func theTokenComesFromTheEnvironmentOrAFile() async throws {
        for (log, shell) in [
            ("text", #"NIGHTJAR_API_TOKEN=\#(Self.token) exec "$0" "$@""#),
            (
                "json",
                #"umask 077; echo \#(Self.token) > "$XDG_STATE_HOME/token"; exec "$0" "$@" --api-token-file "$XDG_STATE_HOME/token""#
            ),
        ] {
            let binary = try Binary(
                ["mine", "--sandbox", "--device", "cpu", "--api", "127.0.0.1:0", "--log", log], shell: shell)
            try await binary.wait(for: "API: http://127.0.0.1:")
            let url = try #require(binary.outputSoFar.firstMatch(of: /API: http:\/\/127\.0\.0\.1:(\d+)\//))
            let client = WebClient(port: try #require(Int(url.1)))
            #expect(try await client.ask("/2/summary").status == 401)
            #expect(
                try await client.ask("/2/summary", headers: ["Authorization": "Bearer \(Self.token)"]).status == 200)
            binary.send(SIGINT)
            #expect(try await binary.ended().code == 130)
        }
    }

    @Test func aPortInUseEndsIt() async throws {
        let (binary, client) = try await Self.start(["--sandbox"])
        let port = try #require(binary.outputSoFar.firstMatch(of: /API: http:\/\/127\.0\.0\.1:(\d+)\//)).1
        let second = try await Binary.run(["mine", "--sandbox", "--device", "cpu", "--api", String(port)])
        #expect(
            second.code == 78
                && second.err == "error: the API cannot listen on 127.0.0.1:\(port): Address already in use\n",
            "\(second)")
        #expect(try await client.ask("/2/backends").status == 200)
        binary.send(SIGTERM)
        #expect(try await binary.ended().code == 143)
    }

    @Test func whatAFileSaysWrongIsABadConfiguration() async throws {
        for (api, words) in [
            (#"{"listen": "0", "hosts": ["rig1", "a b"]}"#, "api.hosts: 'a b' is not a host's name"),
            (#"{"listen": "0", "hosts": "*"}"#, "api.hosts: '*' lets every site"),
            (#"{"listen": "0.0.0.0:0", "token": "fifteen-letters"}"#, "16 characters"),
        ] {
            let ended = try await Binary.run(
                ["mine", "--device", "cpu"],
                shell:
                    #"umask 077; echo '{"sandbox": true, "api": \#(api)}' > "$XDG_STATE_HOME/c.json" && exec "$0" "$@" -c "$XDG_STATE_HOME/c.json""#
            )
            #expect(ended.code == 78 && ended.out == "", "\(ended)")
            #expect(ended.err.hasPrefix("error: ") && ended.err.contains(words), "\(ended)")
        }
    }

    @Test func theNamesThatAUserAllowsAreAnswered() async throws {
        let (binary, client) = try await Self.start(
            ["--sandbox", "--api-token", Self.token, "--api-host", "rig1.example.org,miner", "--api-host", "M2"])
        let headers = ["Authorization": "Bearer \(Self.token)"]
        for (host, status) in [
            ("rig1.example.org", 200), ("MINER:8080", 200), ("m2", 200), ("rig1", 421), ("rig1.example.org.evil", 421),
        ] {
            #expect(try await client.ask("/2/summary", host: host, headers: headers).status == status, "\(host)")
        }
        binary.send(SIGTERM)
        #expect(try await binary.ended().code == 143)
    }

    @Test(arguments: [
        (["--api", "0.0.0.0:0"], "needs a token"), (["--api", "192.0.2.1:8080"], "needs a token"),
        (["--api", "127.0.0.1"], "a port"), (["--api", "::1:80"], "in brackets"), (["--api", "99999"], "a port"),
        (["--api", "0.0.0.0:0", "--api-token", "two words"], "visible ASCII"),
        (["--api", "0.0.0.0:0", "--api-token", "fifteen-letters"], "16 characters"),
        (["--api", "0", "--api-host", "miner:8080"], "--api-host: 'miner:8080' is not a host's name"),
        (["--api", "0", "--api-host", "a.example.org", "--api-host", "*.example.org"], "--api-host: '*.example.org'"),
        (["--api", "0", "--api-host", "*"], "--api-host: '*' lets every site"),
    ])
    func whatCannotBeIsSaid(_ arguments: [String], _ words: String) async throws {
        let ended = try await Binary.run(["mine", "--sandbox", "--device", "cpu"] + arguments)
        #expect(ended.code == 64 && ended.out == "", "\(ended)")
        #expect(
            ended.err.hasPrefix("error: ") && ended.err.contains(words) && ended.err.split(separator: "\n").count == 1,
            "\(ended)")
        #expect(!ended.err.contains("two words"))
    }
}
