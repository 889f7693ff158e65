import Foundation
import NightjarCore
import NightjarMiner
import NightjarWire
import Testing

/// Another miner's configuration becomes ours, and what is left out is told.
@Suite(.timeLimit(.minutes(5))) struct XmrigConfigurationTests {
    private static func read(_ text: String) throws -> (read: XmrigConfiguration, run: RunSettings, settings: Settings)
    {
        let scratch = LedgerTests.Scratch()
        try FileManager.default.createDirectory(atPath: scratch.path, withIntermediateDirectories: true)
        let path = scratch.path + "/config.json"
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        chmod(path, 0o600)
        let read = try XmrigConfiguration(path: path)
        var settings = Settings()
        try settings.lay(read.layer)
        return (read, try RunSettings(settings), settings)
    }

    /// As that miner writes it.
    private static let usual = """
        {
            "api": {"id": null, "worker-id": "rig7"},
            "http": {"enabled": true, "host": "127.0.0.1", "port": 18000, "access-token": "secret-token", "restricted": true},
            "autosave": true, "background": false, "colors": true, "title": true,
            "randomx": {"init": -1, "init-avx2": -1, "mode": "light", "1gb-pages": false, "rdmsr": true, "wrmsr": true,
                "cache_qos": false, "numa": true, "scratchpad_prefetch_mode": 1},
            "cpu": {"enabled": true, "huge-pages": true, "huge-pages-jit": false, "hw-aes": null, "priority": 1,
                "memory-pool": false, "yield": true, "max-threads-hint": 75, "asm": true, "argon2-impl": null,
                "rx": [0, 1], "cn/0": false},
            "opencl": {"enabled": true, "cache": true, "loader": null, "platform": "AMD", "adl": true, "cn/0": false},
            "cuda": {"enabled": true, "loader": null},
            "donate-level": 1, "donate-over-proxy": 1, "log-file": "/var/log/miner.log",
            "pools": [
                {"algo": null, "coin": "monero", "url": "pool.example.org:3333", "user": "WALLET", "pass": "secret-pass",
                 "rig-id": "r1", "nicehash": false, "keepalive": true, "enabled": true, "tls": true, "sni": false,
                 "tls-fingerprint": null, "daemon": false, "socks5": "127.0.0.1:9050", "self-select": null,
                 "submit-to-origin": false},
                {"algo": "rx/0", "url": "node:18081", "user": "WALLET2", "daemon": true, "daemon-poll-interval": 500,
                 "daemon-zmq-port": 18083, "keepalive": 0},
                {"url": "off:1", "user": "x", "enabled": false}
            ],
            "retries": 5, "retry-pause": 5, "print-time": 60, "health-print-time": 60, "dmi": true, "syslog": false,
            "tls": {"enabled": false}, "dns": {"ip_version": 4, "ttl": 30}, "user-agent": "me/1", "verbose": 0,
            "watch": true, "pause-on-battery": true, "pause-on-active": 60, "made-up": 1,
        }
        """

    @Test func whatThereIsHereIsTaken() throws {
        let (read, run, _) = try Self.read(Self.usual)
        #expect(
            run.pools.map(\.url.description) == ["stratum+tls://pool.example.org:3333", "daemon+http://node:18081"])
        #expect(run.pools.map(\.user) == ["WALLET", "WALLET2"] && run.pools.map(\.password) == ["secret-pass", "x"])
        #expect(run.pools.map(\.rigID) == ["r1", "rig7"] && run.pools.map(\.keepalive) == [true, false])
        #expect(
            run.pools.map(\.algorithm) == [.rx0, .rx0] && run.pools[0].proxy?.description == "socks5://127.0.0.1:9050")
        #expect(run.pools[1].zmq?.authority == "node:18083" && run.pools.map(\.family) == [.v4, .v4])
        #expect(run.pools.map(\.agent) == ["me/1", "me/1"])
        #expect(run.devices == [.device(.cpu), .allOpenCL] && run.cpuShare == 0.75 && run.threads == nil)
        #expect(run.nice == 10 && run.randomX == .light && run.logFile == "/var/log/miner.log")
        #expect(run.api?.listen == "127.0.0.1:18000" && run.api?.token == "secret-token")
        #expect(run.care.pausesOnBattery && run.care.pausesOnActive)
        #expect(read.warnings.isEmpty)
    }

    @Test func theRestIsToldWithReasons() throws {
        let (read, _, _) = try Self.read(Self.usual)
        let keys = read.leftOut.map { $0.prefix { $0 != ":" } }.map(String.init)
        #expect(Set(keys).count == keys.count)
        for key in [
            "autosave", "donate-level", "randomx.wrmsr", "cpu.rx", "cpu.cn/0", "cpu.asm", "opencl.platform", "cuda",
            "pools[1].daemon-poll-interval", "pools[2]", "retries", "dns.ttl", "made-up", "pause-on-active",
        ] { #expect(keys.contains(key), "\(key)") }
        #expect(read.leftOut.allSatisfy { $0.split(separator: ":", maxSplits: 1).count == 2 && !$0.contains("secret") })
        #expect(read.leftOut.contains("donate-level: there is no fee"))
        #expect(read.leftOut.contains("made-up: there is nothing like it here"))
    }

    /// It is a configuration that Nightjar reads, and says the same, its secrets apart.
    @Test func whatIsPrintedIsRead() throws {
        let (_, run, settings) = try Self.read(Self.usual)
        let text = PrintedConfiguration(settings).lines.joined(separator: "\n")
        #expect(!text.contains("secret"))
        let again = try ConfigurationTests.settings(text).run
        #expect(again.pools.map(\.url) == run.pools.map(\.url) && again.pools.map(\.user) == run.pools.map(\.user))
        #expect(again.devices == run.devices && again.cpuShare == run.cpuShare && again.nice == run.nice)
        #expect(again.pools.map(\.algorithm) == run.pools.map(\.algorithm) && again.randomX == run.randomX)
    }

    /// That miner takes true, or the seconds after the last key.
    @Test(arguments: [("true", true, false), ("60", true, true), ("0", false, false), ("false", false, false)])
    func aPauseWhileInUseIsTaken(_ value: String, _ isOn: Bool, _ isSaid: Bool) throws {
        let read = try Self.read(#"{"pools": [{"url": "h:1", "user": "u"}], "pause-on-active": \#(value)}"#)
        #expect(read.run.care.pausesOnActive == isOn)
        #expect(read.read.leftOut.contains { $0.hasPrefix("pause-on-active: the pause is taken;") } == isSaid)
    }

    @Test(arguments: [
        ("[]", "a configuration is an object in braces"), ("{", "the text ends too early"),
        (#"{"pools": []}"#, "there is no pool"), (#"{"pools": [{"url": ""}]}"#, "there is no pool"),
    ]) func whatCannotBeRead(_ text: String, _ words: String) {
        #expect { try Self.read(text) } throws: { "\($0)".contains(words) }
    }
}
