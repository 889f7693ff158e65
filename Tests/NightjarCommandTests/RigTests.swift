import Foundation
import Nightjar
import NightjarCore
import NightjarPlatform
import NightjarWire
import Synchronization
import TestSupport
import Testing

/// Three rigs that share one block template, each with a nonce byte of its own.
///
/// With `NIGHTJAR_PROXY`, the path of an xmrig-proxy, they mine through that in its default mode, and the pool sees one
/// miner; without it the pool itself fixes the byte, another one for each rig.
@Suite(.serialized, .timeLimit(.minutes(10))) struct RigTests {
    private static let proxy = ProcessInfo.processInfo.environment["NIGHTJAR_PROXY"]
    /// How long they mine at least, beyond the shares and jobs that are waited for.
    private static let seconds = ProcessInfo.processInfo.environment["NIGHTJAR_RIG_SECONDS"].flatMap { Double($0) } ?? 0

    @Test func noNonceIsTriedTwice() async throws {
        let engine = try Engine(devices: [.cpu])
        let configuration = SandboxConfiguration(
            algorithms: [.cnPico], jobInterval: .milliseconds(500), startDifficulty: try #require(Difficulty(40)),
            shareInterval: nil,
            niceHash: Self.proxy == nil)
        // What the pool checks by hashing it: everything that meets its target, whoever's nonces it has.
        let checked = Locked<[[UInt8]]>([])
        let pool = SandboxPool(configuration) { work in
            checked.withLock { $0.append(work.input) }
            return try await engine.portableProof(of: work)
        }
        var port = try await pool.start()
        var proxy: ChildProcess?
        if let path = Self.proxy {
            let bound = try PlainHTTP.freePorts(1)[0]
            proxy = try ChildProcess([
                path, "-o", "127.0.0.1:\(port)", "-u", "proxy", "-a", "cn-pico", "-b", "127.0.0.1:\(bound)",
                "--no-color",
            ])
            port = bound
        }
        let rigs = try (1...3).map { number in
            try Binary([
                "mine", "-o", "127.0.0.1:\(port)", "-u", "u", "--rig-id", "rig\(number)", "-a", "cn-pico", "--device",
                "cpu", "-t", "1", "--log", "json",
            ])
        }
        let began = ContinuousClock.now
        try await eventually(every: .milliseconds(50), "shares and jobs: \(rigs.map { $0.outputSoFar.suffix(200) })") {
            let jobs = await pool.stats.jobs
            return jobs >= 12 && rigs.allSatisfy { $0.outputSoFar.components(separatedBy: #""accepted""#).count > 4 }
        }
        try await Task.sleep(until: began + .seconds(Self.seconds))
        for rig in rigs { rig.send(SIGTERM) }
        var accepted = 0
        for rig in rigs {
            let ended = try await rig.ended()
            #expect(ended.code == 143 && ended.err == "", "\(ended)")
            let summary = try MineTests.check(ended)
            #expect(summary["rejected"] as? Int == 0, "\(ended)")
            #expect(summary["accepted"] as? Int ?? 0 > 0, "\(ended)")
            accepted += summary["accepted"] as? Int ?? 0
        }
        let stats = await pool.stats
        #expect(stats.rejected == 0 && stats.refused["Duplicate share"] == nil, "\(stats.refused)")
        #expect(stats.accepted >= accepted)
        if proxy == nil {
            #expect(stats.logins == 3)
            // Each rig keeps to its own byte, and tries none of its nonces twice in any job.
            let inputs = checked.withLock { $0 }
            #expect(Set(inputs).count == inputs.count && inputs.count >= accepted)
            #expect(
                Set(inputs.map { $0[42] }) == [1, 2, 3], "the highest byte, as the pool gave it to each connection")
        }
        print(
            "three rigs\(proxy == nil ? "" : " through the proxy"): \(accepted) accepted, the pool refused \(stats.refused)"
        )
        proxy?.send(SIGTERM)
        _ = try await proxy?.wait(timeout: 10)
        await pool.stop()
    }
}
