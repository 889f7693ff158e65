import NightjarCommand
import NightjarCore
import NightjarPlatform
import NightjarReport
import Synchronization
import TestSupport
import Testing

/// The energy of a benchmark's devices, from a tree that the test makes.
@Suite(.timeLimit(.minutes(1))) struct BenchPowerTests {
    private static let cpu = DeviceID.cpu
    private static let card = DeviceID.opencl(platform: 1, device: 0)

    private static var devices: [Device] {
        [(cpu, Device.Kind.cpu), (card, .gpu)].map { id, kind in
            var device = Device(
                id: id, kind: kind, name: "\(id)", platform: "p", driver: "d", computeUnits: 1, memory: 1, fp64: true)
            if kind == .gpu { device.pciAddress = "0000:03:00.0" }
            return device
        }
    }

    private static let counter = "class/powercap/intel-rapl:0/energy_uj"
    private static let monitor = "class/drm/card0/device/hwmon/hwmon2/"
    private static let processor = ["class/powercap/intel-rapl:0/name": "package-0", counter: "1000000"]
    private static let graphics = [
        monitor + "name": "amdgpu", monitor + "power1_average": "120000000", monitor + "power1_cap": "200000000",
        monitor + "temp1_input": "61000", monitor + "freq1_input": "2000000000",
        "class/drm/card0/device/uevent": "PCI_SLOT_NAME=0000:03:00.0",
    ]

    @Test func samplesHaveTheirDevicesEnergy() async throws {
        let tree = try SensorTree(Self.processor.merging(Self.graphics) { $1 })
        let time = Locked(0.0)
        let power = BenchPower(
            Self.devices, typed: nil, sensors: tree.sensors, seconds: { time.withLock { $0 } })
        #expect(power.isKnown && power.reason == nil)
        #expect(power.source(of: Self.cpu) == "rapl" && power.source(of: Self.card) == "hwmon")
        let marks = [Self.cpu, Self.card].map { power.mark($0) }
        time.withLock { $0 = 2 }
        try tree.set(Self.counter, "91000000")
        let reading = power.reading(Self.cpu, since: marks[0], seconds: 2)
        #expect(reading.joules == 90 && reading.sensors.temperature == nil)
        let other = power.reading(Self.card, since: marks[1], seconds: 2)
        #expect(other.joules == 240 && other.sensors.temperature == 61 && other.sensors.clock == 2000)
        var described = ReportDevice(id: "opencl:1.0", kind: "gpu", name: "x")
        power.describe(&described, Self.card)
        #expect(described.powerSource == "hwmon" && described.powerLimit == 200 && described.idleWatts == nil)
    }

    /// What a device takes at rest is measured before, and is no part of the net energy.
    @Test func restIsMeasuredBefore() async throws {
        let tree = try SensorTree(Self.processor)
        let power = BenchPower([Self.devices[0]], typed: nil, sensors: tree.sensors)
        await power.measureRest { #expect(throws: Never.self) { try tree.set(Self.counter, "1500000") } }
        let idle = try #require(power.idleWatts(of: Self.cpu))
        #expect(idle > 0)
        var row = BenchRow(algorithm: "cn/r", device: "cpu", deviceName: "")
        row.isVerified = true
        row.hashes = 1000
        row.samples = [BenchSample(start: 0, seconds: 2, hashes: 1000, joules: 130)]
        row.summarise(idleWatts: 15)
        #expect(row.joulesPerHash == 0.13 && row.netJoulesPerHash == 0.1 && row.watts == 65)
        row.summarise(idleWatts: 90)
        #expect(row.netJoulesPerHash == nil, "it was not at rest then")
    }

    @Test func aWallMeterStandsForEverything() async throws {
        let tree = try SensorTree(Self.processor)
        let power = BenchPower(Self.devices, typed: 143, sensors: tree.sensors)
        #expect(power.isKnown && power.reason == nil && power.source(of: Self.card) == "typed")
        #expect(power.reading(Self.card, since: power.mark(Self.card), seconds: 2).joules == 286)
        await power.measureRest { Issue.record("typed watts say nothing of rest") }
        #expect(power.idleWatts(of: Self.cpu) == nil)
    }

    @Test func whatIsNotKnownSaysWhyForEachDevice() throws {
        let none = BenchPower(Self.devices, typed: nil, sensors: try SensorTree().sensors)
        #expect(!none.isKnown && none.source(of: Self.cpu) == nil)
        let reasons = try #require(none.reason)
        #expect(reasons.contains("cpu: the kernel shows no energy") && reasons.contains("opencl:1.0: no driver"))
        #expect(none.reading(Self.cpu, since: none.mark(Self.cpu), seconds: 2).joules == nil)
        let tree = try SensorTree(Self.processor)
        let half = BenchPower(Self.devices, typed: nil, sensors: tree.sensors)
        #expect(half.isKnown && half.reason?.hasPrefix("opencl:1.0: no driver shows") == true)
        // The files go away with the tree.
        withExtendedLifetime(tree) {}
        let alone = BenchPower([Self.devices[0]], typed: nil, sensors: try SensorTree().sensors)
        #expect(alone.reason?.hasPrefix("the kernel shows no energy of the processor") == true)
    }
}
