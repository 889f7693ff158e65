import Foundation
import Nightjar
import NightjarCore
import NightjarWire
import TestSupport
import Testing

/// Devices with pools of their own: the CPU, and PoCL's device, which is this CPU as OpenCL shows it.
///
/// `NIGHTJAR_TEST_POOL_SECONDS` sets for how long one side has faults, at least twelve; without it there are three.
@Suite(.serialized, .timeLimit(.minutes(30))) struct PoolDeviceTests {
    private static func pool(_ algorithm: Algorithm) async throws -> (pool: SandboxPool, port: Int) {
        let engine = try Engine(devices: [.cpu])
        // Not one hash a share: the pool would prove shares for minutes on a busy machine, and its answers would come too
        // late for the miner.
        let first = try #require(Difficulty(algorithm.parameters.firstDifficulty))
        let configuration = SandboxConfiguration(algorithms: [algorithm], startDifficulty: first)
        let pool = SandboxPool(configuration) { try await engine.portableProof(of: $0) }
        return (pool, try await pool.start())
    }

    private static func mine(_ ports: [Int], _ more: [String] = []) -> [String] {
        [
            "mine", "-o", "127.0.0.1:\(ports[0])", "--pool-devices", "cpu", "--pool-algo", "cn/2", "-o",
            "stratum+tcp://127.0.0.1:\(ports[1])", "--pool-devices=opencl:0.0", "--pool-algo", "sha256d", "-u", "me",
        ] + more
    }

    /// Two devices, two pools, two algorithms in two languages, with faults on one side.
    @Test func eachDeviceMinesAtItsOwnPool() async throws {
        let (first, second) = (try await Self.pool(.cn2), try await Self.pool(.sha256d))
        let ports = [first.port, second.port]
        let seconds = ProcessInfo.processInfo.environment["NIGHTJAR_TEST_POOL_SECONDS"].flatMap(Double.init)
        let run = try Binary(Self.mine(ports, ["--log", "json"]), timeout: 240 + (seconds ?? 0))
        try await eventually(within: .seconds(200), "shares at both, after: \(run.outputSoFar.suffix(2000))") {
            let (one, other) = (await first.pool.stats.accepted > 1, await second.pool.stats.accepted > 1)
            return one && other
        }
        let began = ContinuousClock.now
        // A silent connection is given up after half a minute: only long runs wait for that.
        let kinds: [ConnectionBreak] = seconds == nil ? [.reset, .close, .halfLine] : ConnectionBreak.allCases
        for fault in 0..<(seconds == nil ? 3 : 12) {
            let kind = kinds[fault % kinds.count]
            let (logins, accepted) = (await second.pool.stats.logins, await first.pool.stats.accepted)
            await second.pool.breakConnections(kind)
            try await eventually(within: .seconds(100), "a login after \(kind), and the other pool's shares") {
                let (one, other) = (await second.pool.stats.logins > logins, await first.pool.stats.accepted > accepted)
                return one && other
            }
            await second.pool.nextBlock()
            guard let seconds else { continue }
            try await Task.sleep(until: began + .seconds(seconds * Double(fault + 1) / 12))
        }
        run.send(SIGTERM)
        let ended = try await run.ended()
        let stats = (await first.pool.stats, await second.pool.stats)
        await first.pool.stop()
        await second.pool.stop()
        #expect(ended.code == 143 && ended.err == "", "\(ended.err)")
        let events = try ended.events()
        let summary = try #require(events.last)
        #expect(summary["event"] as? String == "summary" && summary["unaccounted"] as? Int == 0, "\(summary)")
        #expect(summary["rejected"] as? Int == 0 && stats.0.rejected == 0 && stats.1.rejected == 0, "\(stats)")
        #expect(stats.0.connections == 1 && stats.1.connections >= 4)
        if seconds != nil { print("two pools for \(ContinuousClock.now - began): \(summary), \(stats)") }
        var seen: Set<String> = []
        for event in events {
            let name = event["event"] as? String ?? ""
            guard ["share", "job", "hashrate"].contains(name) else { continue }
            let pool = try #require(event["pool"] as? String, "\(event)")
            let device = event["device"] as? String ?? (event["devices"] as? [String: Any])?.keys.first
            let isFirst = device.map { $0 == "cpu" } ?? (event["algorithm"] as? String == "cn/2")
            #expect(pool == "127.0.0.1:\(isFirst ? ports[0] : ports[1])", "\(event)")
            seen.insert("\(name) \(isFirst)")
        }
        #expect(seen.isSuperset(of: ["share true", "share false", "job true", "job false"]), "\(seen)")
        // The ledger tells them apart, too.
        let ledger = run.directory + "/nightjar/shares.sqlite"
        let history = try await Binary.run(["history", "--by", "pool", "--json", "--ledger", ledger])
        let rows = try #require((try history.json() as? [String: Any])?["rows"] as? [[String: Any]])
        #expect(Set(rows.compactMap { $0["pool"] as? String }) == Set(ports.map { "127.0.0.1:\($0)" }), "\(history)")
    }

    /// What cannot be is refused before anything starts: 64 for flags, 78 for a file.
    @Test func whatCannotBeIsRefused() async throws {
        let ports = [9, 10]
        func refused(_ arguments: [String], _ code: Int32, _ words: String) async throws {
            let ended = try await Binary.run(arguments)
            #expect(ended.code == code && ended.err.hasPrefix("error: ") && ended.err.contains(words), "\(ended)")
        }
        try await refused(["mine", "--weight", "3", "-o", "a:1", "-u", "me"], 64, "--weight stands before every -o")
        try await refused(
            ["mine", "-o", "a:1", "--pool-devices", "opencl:7.7", "-u", "me"], 64,
            "--pool-devices: there is no opencl:7.7 here; there is: cpu")
        try await refused(
            ["mine", "-o", "a:1", "--pool-devices", "gpu", "-u", "me"], 64, "--pool-devices gpu: no such device")
        try await refused(
            ["mine", "-o", "a:1", "--pool-algo", "rx/99", "-u", "me"], 64, "--pool-algo rx/99: no such algorithm")
        try await refused(
            ["mine", "--sandbox", "--pool-algo", "rx/0"], 64, "--sandbox and --pool-algo exclude each other")
        let file = try ConfigurationTests.File(
            #"{"pools": [{"url": "a:1", "user": "u", "devices": ["opencl:7.7"]}]}"#)
        try await refused(["mine", "-c", file.path, "--check"], 78, "pools[0].devices: there is no opencl:7.7 here")
        let good = try await Binary.run(Self.mine(ports, ["--check"]))
        #expect(good.code == 0 && good.out.contains("these settings are good"), "\(good)")
    }

    /// PoCL shows the processor as an OpenCL device. It works only when it is named: its threads and the CPU's own would
    /// compete for the cores.
    @Test(arguments: [
        ([], "cpu"), (["-a", "rx/0"], "cpu"), (["--device", "opencl"], "opencl:"),
        (["--device", "cpu,opencl:0.0"], "cpu, opencl:0.0"),
        (["--pool-devices", "cpu", "-o", "b:2"], "cpu"),
        (["--pool-devices", "opencl:0.0", "-o", "b:2"], "cpu, opencl:0.0"),
        (["--pool-devices", "cpu", "-o", "b:2", "--pool-devices", "opencl"], "cpu, opencl:0.0"),
    ])
    func theProcessorMinesOnce(_ arguments: [String], _ devices: String) async throws {
        let ended = try await Binary.run(["mine", "-u", "me", "--check", "-o", "a:1"] + arguments)
        #expect(ended.code == 0, "\(ended)")
        let found = try #require(ended.lines.first?.components(separatedBy: " on ").last)
        #expect(found == devices || devices == "opencl:" && found.hasPrefix(devices), "\(ended)")
    }

    @Test func aDeviceThatRestsIsNamed() async throws {
        let ended = try await Binary.run(["mine", "--sandbox", "-a", "cn-pico", "--max-shares", "1"])
        let words = "opencl:0.0  this processor again, so it rests; --device cpu,opencl:0.0 uses both"
        #expect(ended.code == 0 && ended.out.contains(words), "\(ended)")
    }

    /// The file gives the CPU to another pool while it mines.
    @Test func aFileChangesTheDevicesOfPools() async throws {
        let (first, second) = (try await Self.pool(.cn2), try await Self.pool(.cn2))
        func text(_ devices: [String]) -> String {
            let pools = zip([first.port, second.port], devices).map { port, device in
                #"{"url": "127.0.0.1:\#(port)", "user": "me", "algo": "cn/2", "devices": ["\#(device)"]}"#
            }
            return #"{"pools": [\#(pools.joined(separator: ", "))]}"#
        }
        let file = try ConfigurationTests.File(text(["cpu", "opencl:0.0"]))
        let run = try Binary(["mine", "-c", file.path, "--log", "json"])
        try await eventually(within: .seconds(200), "shares at both, after: \(run.outputSoFar.suffix(2000))") {
            let (one, other) = (await first.pool.stats.accepted > 0, await second.pool.stats.accepted > 0)
            return one && other
        }
        try file.write(text(["opencl:0.0", "cpu"]))
        try await run.wait(for: "using the pools that it now lists")
        let (before, others) = (await first.pool.stats.accepted, await second.pool.stats.accepted)
        try await eventually(within: .seconds(200), "more at both, after: \(run.outputSoFar.suffix(2000))") {
            let (one, other) = (
                await first.pool.stats.accepted > before + 1,
                await second.pool.stats.accepted > others + 1
            )
            return one && other
        }
        run.send(SIGTERM)
        let ended = try await run.ended()
        let rejected = await first.pool.stats.rejected + second.pool.stats.rejected
        await first.pool.stop()
        await second.pool.stop()
        let summary = try #require(try ended.events().last)
        #expect(ended.code == 143 && summary["unaccounted"] as? Int == 0 && rejected == 0, "\(ended.err) \(summary)")
    }
}
