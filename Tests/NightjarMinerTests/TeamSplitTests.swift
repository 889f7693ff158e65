import Nightjar
import NightjarCore
import NightjarMiner
import NightjarWire
import Testing

/// Which devices work for which pools, from what the user wrote.
@Suite(.timeLimit(.minutes(5))) struct TeamSplitTests {
    private typealias Flag = SettingLayer.PoolFlag

    private static let devices = [DeviceID.cpu, .opencl(platform: 0, device: 0), .opencl(platform: 0, device: 1)]

    private func settings(_ urls: [String], _ own: [Flag] = [], _ flags: [String: [String]] = [:]) throws -> RunSettings
    {
        let given = flags.merging(["url": urls, "user": ["me"]]) { $1 }
        return try settings(layer: SettingLayer(flags: given, poolFlags: own))
    }

    private func settings(layer: SettingLayer) throws -> RunSettings {
        var settings = Settings()
        try settings.lay(layer)
        return try RunSettings(settings)
    }

    /// `cpu+opencl:0.0>a:1,b:2`, for each team. The first OpenCL device does not run cn/gpu.
    private func split(_ settings: RunSettings, _ ids: [DeviceID] = devices) throws -> (
        teams: [String], warnings: [String]
    ) {
        let split = try TeamSplit(settings, devices: ids.map(StatisticsTests.device)) { algorithm, device in
            algorithm.name == "cn/gpu" && device == Self.devices[1] ? .unsupported("no doubles") : .supported
        }
        let teams = split.teams.map { team in
            team.devices.map(\.id.description).joined(separator: "+") + ">"
                + team.pools.map { "\($0.settings.url)" }.joined(separator: ",").replacing("stratum+tcp://", with: "")
        }
        return (teams, split.warnings)
    }

    private func fault(_ body: () throws -> Void) -> String {
        do { try body() } catch { return "\(error)" }
        return "no fault"
    }

    @Test func poolsWithoutDevicesAreForAll() throws {
        #expect(try split(settings(["a:1", "b:2"])).teams == ["cpu+opencl:0.0+opencl:0.1>a:1,b:2"])
    }

    @Test func aPoolsDevicesWorkForItAlone() throws {
        let own = [
            Flag(urls: 1, key: "devices", text: "cpu"), Flag(urls: 1, key: "algorithm", text: "rx/0"),
            Flag(urls: 2, key: "algorithm", text: "cn/2"),
        ]
        let settings = try settings(["a:1", "b:2"], own)
        #expect(try split(settings).teams == ["cpu>a:1", "opencl:0.0+opencl:0.1>b:2"])
        #expect(settings.pools.map { $0.algorithm?.name } == ["rx/0", "cn/2"])
        #expect(settings.pools.map(\.devices) == [[.device(.cpu)], nil])
    }

    @Test func devicesWithTheSamePoolsAreATeam() throws {
        let own = [
            Flag(urls: 1, key: "devices", text: "cpu,opencl"), Flag(urls: 2, key: "devices", text: "opencl:0.1"),
            Flag(urls: 3, key: "devices", text: "opencl:0.1"),
        ]
        #expect(
            try split(settings(["a:1", "b:2", "c:3"], own)).teams == ["cpu+opencl:0.0>a:1", "opencl:0.1>a:1,b:2,c:3"])
    }

    @Test func devicesAndPoolsThatAreLeftOverAreTold() throws {
        let cpu = [Flag(urls: 1, key: "devices", text: "cpu")]
        let idle = try split(settings(["a:1"], cpu), [.cpu, Self.devices[1]])
        #expect(idle.teams == ["cpu>a:1"] && idle.warnings == ["opencl:0.0 has no pool: it does not mine"])
        let unused = try split(settings(["a:1", "b:2"], cpu), [.cpu])
        #expect(unused.teams == ["cpu>a:1"])
        #expect(unused.warnings == ["no device is left for stratum+tcp://b:2: those that mine have pools of their own"])
    }

    @Test func whatIsNotThereIsRefusedByName() throws {
        func own(_ devices: String, _ algorithm: String? = nil) -> [Flag] {
            [Flag(urls: 1, key: "devices", text: devices)]
                + (algorithm.map { [Flag(urls: 1, key: "algorithm", text: $0)] } ?? [])
        }
        #expect(
            fault { try TeamSplit.check(settings(["a:1"], own("opencl:5.0")), present: Self.devices) }
                == "--pool-devices: there is no opencl:5.0 here; there is: cpu, opencl:0.0, opencl:0.1")
        #expect(
            fault { try TeamSplit.check(settings(["a:1"], own("cpu"), ["devices": ["opencl"]]), present: Self.devices) }
                == "--pool-devices: cpu is not among the devices of this run (--device)")
        #expect(fault { _ = try settings(["a:1"], own("gpu")) }.hasPrefix("--pool-devices gpu: no such device"))
        #expect(
            fault { _ = try settings(["a:1"], own("cpu", "rx/99")) }.contains("--pool-algo rx/99: no such algorithm"))
        #expect(
            fault { _ = try split(settings(["a:1"], own("cpu,opencl:0.0", "cn/gpu"))) }
                == "--pool-algo: cn/gpu does not run on opencl:0.0: no doubles")
        // Not named by itself: it is left out.
        #expect(try split(settings(["a:1"], own("opencl", "cn/gpu"))).teams == ["opencl:0.1>a:1"])
    }

    @Test func aFlagForAPoolFollowsItsURL() throws {
        let early = [Flag(urls: 0, key: "weight", text: "3")]
        #expect(
            fault { _ = try settings(["a:1"], early) }
                == "--weight stands before every -o: it follows the -o of its pool")
        let sandbox = try? SettingLayer(
            flags: ["sandbox": ["true"]], poolFlags: [Flag(urls: 1, key: "weight", text: "3")])
        #expect(sandbox == nil)
        let weights = [Flag(urls: 1, key: "weight", text: "3"), Flag(urls: 3, key: "weight", text: "1")]
        #expect(try settings(["a:1", "b:2", "c:3"], weights).pools.map(\.weight) == [3, nil, 1])
        for bad in ["0", "-1", "nan", "1000001"] {
            let flag = [Flag(urls: 1, key: "weight", text: bad)]
            let words = fault { _ = try settings(["a:1"], flag) }
            #expect(words.hasPrefix("--weight") && words.contains(bad), "\(words)")
        }
    }

    @Test func aFileSaysTheSame() throws {
        let run = try SettingTableTests.read(
            #"""
            {"pools": [{"url": "a:1", "user": "u", "devices": ["cpu"], "algo": "rx/0", "weight": 3},
                       {"url": "b:2", "user": "u", "devices": "cpu", "algorithm": "cn/2", "weight": 1}], "slice": 60}
            """#
        ).run
        #expect(run.slice == 60 && run.pools.map(\.weight) == [3, 1])
        #expect(run.pools.map { $0.algorithm?.name } == ["rx/0", "cn/2"])
        #expect(try split(run, [.cpu]).teams == ["cpu>a:1,b:2"])
        let lines = run.printed.lines.joined(separator: "\n")
        #expect(lines.contains(#""weight": 3"#) && lines.contains(#""slice": 60"#), "\(lines)")
        #expect(
            SettingTableTests.fault(#"{"pools": [{"url": "a:1", "user": "u", "weight": 0}]}"#)
                .hasSuffix("pools[0].weight: 0: a number above 0, at most 1000000, is needed"))
        #expect(
            SettingTableTests.fault(#"{"pools": [{"url": "a:1", "user": "u"}], "slice": 601}"#)
                .hasSuffix("slice: 601: at most 600"))
    }
}
