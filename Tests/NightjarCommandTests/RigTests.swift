import Foundation
import Nightjar
import NightjarCore
import NightjarWire
import TestSupport
import Testing

/// Three rigs that share one block template, each with a nonce byte of its own.
///
/// With `NIGHTJAR_PROXY`, the path of an xmrig-proxy, they mine through that in its default mode, and the pool sees one
/// miner; without it the pool itself fixes the byte, another one for each rig.
@Suite(.serialized, .timeLimit(.minutes(10))) struct RigTests {
    private static let proxy = ProcessInfo.processInfo.environment["NIGHTJAR_PROXY"]
    private static let seconds = ProcessInfo.processInfo.environment["NIGHTJAR_RIG_SECONDS"] ?? "5"

    @Test func noNonceIsTriedTwice() async throws {
        let engine = try Engine(devices: [.device(.cpu)])
        let configuration = SandboxConfiguration(
            algorithms: [.cnPico], jobInterval: .seconds(2), startDifficulty: try #require(Difficulty(40)),
            shareInterval: nil,
            niceHash: Self.proxy == nil)
        let pool = SandboxPool(configuration) { work in try await engine.portableProof(of: work) }
        var port = try await pool.start()
        var proxy: ChildProcess?
        if let path = Self.proxy {
            let bound = try Monerod.freePorts(1)[0]
            proxy = try ChildProcess([
                path, "-o", "127.0.0.1:\(port)", "-u", "proxy", "-a", "cn-pico", "-b", "127.0.0.1:\(bound)",
                "--no-color",
            ])
            port = bound
        }
        let rigs = try (1...3).map { number in
            try Binary([
                "mine", "-o", "127.0.0.1:\(port)", "-u", "u", "--rig-id", "rig\(number)", "-a", "cn-pico", "--device",
                "cpu", "-t", "1",
                "--max-seconds", Self.seconds, "--log", "json",
            ])
        }
        var accepted = 0
        for rig in rigs {
            let ended = try await rig.ended()
            #expect(ended.code == 0 && ended.err == "", "\(ended)")
            let summary = try MineTests.check(ended)
            #expect(summary["rejected"] as? Int == 0, "\(ended)")
            #expect(summary["accepted"] as? Int ?? 0 > 0, "\(ended)")
            accepted += summary["accepted"] as? Int ?? 0
        }
        let stats = await pool.stats
        #expect(stats.rejected == 0 && stats.refused["Duplicate share"] == nil, "\(stats.refused)")
        #expect(stats.accepted >= accepted)
        #expect(stats.logins == (proxy == nil ? 3 : stats.logins))
        print(
            "three rigs\(proxy == nil ? "" : " through the proxy"): \(accepted) accepted, the pool refused \(stats.refused)"
        )
        proxy?.send(SIGTERM)
        _ = try await proxy?.wait(timeout: 10)
        await pool.stop()
    }
}
