import Foundation
import Nightjar
import NightjarCore
import NightjarWire
import TestSupport
import Testing

/// The real program at a hostile pool: it never ends, hangs or grows, and mines again once the pool is a good one.
///
/// Some messages by default; `NIGHTJAR_HOSTILE_MESSAGES` sets the number. It is its memory that is looked at, and
/// not that of the tests, whose library keeps a call stack for each error that is thrown.
@Suite(.serialized, .timeLimit(.minutes(20))) struct HostileMineTests {
    private static let messages =
        ProcessInfo.processInfo.environment["NIGHTJAR_HOSTILE_MESSAGES"].flatMap { Int($0) } ?? 80

    private static func job(
        _ id: String, target: String = "b88d0600", algorithm: String = "cn-pico", nonce: String = "00000000"
    ) -> String {
        let blob = "1010ebc285d806" + String(repeating: "41", count: 32) + nonce + String(repeating: "6c", count: 33)
        return #"{"job_id":"\#(id)","blob":"\#(blob)","target":"\#(target)","height":7,"algo":"\#(algorithm)"}"#
    }

    private static var corpus: [String] {
        [
            #"{"id":1,"jsonrpc":"2.0","error":null,"result":{"id":"c1","job":\#(job("1")),"status":"OK"}}"#,
            #"{"jsonrpc":"2.0","method":"job","params":\#(job("2"))}"#,
            #"{"method":"job","params":\#(job("3", target: "ffffffffffffff00", nonce: "00000005"))}"#,
            #"{"method":"job","params":\#(job("4", algorithm: "cn/none"))}"#,
            #"{"id":2,"error":{"code":-1,"message":"Low difficulty share"}}"#, #"{"id":3,"result":{"status":"OK"}}"#,
            #"{"id":null,"error":"Unauthenticated","result":null}"#, #"{"id":4,"result":true}"#,
            #"{"method":"client.reconnect","params":["127.0.0.2","3333",5]}"#,
            #"{"error":[21,"Job not found",null],"id":5}"#,
            #"{"id":6,"error":null,"result":{"status":"KEEPALIVED"}}"#,
        ]
    }

    private static func residentBytes(_ process: Binary) throws -> Int {
        let text = try String(contentsOfFile: "/proc/\(process.processID)/statm", encoding: .utf8)
        return try #require(text.split(separator: " ").dropFirst().first.flatMap { Int($0) }) * 4096
    }

    /// The program waits up to ten seconds between two connections that fail, so the messages come on few connections:
    /// some twenty for any number. Most messages would end one, and one in many of these is sent.
    private static let longest = max(600, messages / 5)

    @Test func outlastsAHostilePool() async throws {
        let hostile = HostileServer(
            seed: 1, job: Self.job("1"), corpus: Self.corpus, longest: Self.longest, fatality: 4 * Self.longest)
        try await outlast(hostile, .cnPico)
    }

    @Test func outlastsAHostileBitcoinPool() async throws {
        // A share takes some hundred thousand hashes.
        let login = bitcoinWelcome() + setDifficulty("0.0001") + notify()
        let corpus = (login + notify(id: "\"J2\"") + notify(id: "7", changing: [4: "[]", 8: "false"])).split(
            separator: "\n"
        ).map(String.init)
        let others = [
            #"{"id":null,"method":"mining.set_extranonce","params":["aabbcc",3]}"#,
            #"{"id":null,"method":"mining.set_version_mask","params":["0000e000"]}"#,
            #"{"id":9,"method":"client.get_version","params":[]}"#, #"{"id":"x","method":"mining.ping"}"#,
            #"{"id":null,"method":"client.show_message","params":["hello"]}"#,
            #"{"id":null,"method":"client.reconnect","params":["127.0.0.2","3333",5]}"#,
            #"{"id":5,"error":[21,"Job not found",null],"result":null}"#, #"{"id":6,"result":true,"error":null}"#,
            #"{"id":null,"error":[24,"Unauthorized worker",null]}"#,
        ]
        let hostile = HostileServer(
            bitcoin: .sha256d, seed: 2, login: login, corpus: corpus + others, longest: Self.longest,
            fatality: 4 * Self.longest)
        try await outlast(hostile, .sha256d)
    }

    private func outlast(_ hostile: HostileServer, _ algorithm: Algorithm) async throws {
        let port = try await hostile.start()
        let run = try Binary(
            [
                "mine", "-o", "127.0.0.1:\(port)", "-u", "me", "-p", "hidden", "-a", algorithm.name, "--device",
                "cpu", "-t", "1",
                "--randomx-mode", "light", "--log", "json",
            ], timeout: 3600)
        func until(_ messages: Int) async throws {
            while hostile.messages < messages {
                let before = hostile.messages
                // It waits up to ten seconds between two connections that fail.
                try await eventually(every: .milliseconds(50), "a message after \(before)") {
                    try #require(kill(run.processID, 0) == 0, "it has ended: \(run.outputSoFar.suffix(2000))")
                    return hostile.messages > before
                }
            }
        }
        try await until(Self.messages / 5)
        let before = try Self.residentBytes(run)
        try await until(Self.messages)
        let grown = try Self.residentBytes(run) - before
        #expect(grown < 20 << 20, "grown by \(grown) bytes")
        await hostile.stop()

        let engine = try Engine(devices: [.cpu])
        let pool = SandboxPool(
            SandboxConfiguration(
                algorithms: [algorithm], startDifficulty: Difficulty(algorithm.parameters.firstDifficulty) ?? .one)
        ) { try await engine.portableProof(of: $0) }
        try await pool.start(port: port)
        let began = ContinuousClock.now
        try await eventually(every: .milliseconds(50), "an accepted share") {
            try #require(kill(run.processID, 0) == 0, "it has ended: \(run.outputSoFar.suffix(2000))")
            return await pool.stats.accepted > 0
        }
        let back = ContinuousClock.now - began
        run.send(SIGTERM)
        let ended = try await run.ended()
        await pool.stop()
        #expect(ended.code == 143 && ended.err == "" && !ended.out.contains("hidden"), "\(ended.err)")
        let summary = try MineTests.check(ended)
        print(
            "hostile \(algorithm) pool, the program: \(hostile.messages) messages, \(hostile.logins) logins, grown by \(grown >> 10) KiB, mined again after \(back): \(summary)"
        )
    }
}
