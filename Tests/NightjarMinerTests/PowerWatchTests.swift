import NightjarCore
import NightjarMiner
import NightjarPlatform
import Synchronization
import TestSupport
import Testing

/// The power of devices that mine, from a tree that the test makes.
@Suite(.timeLimit(.minutes(1))) struct PowerWatchTests {
    private static let file = "class/powercap/intel-rapl:0/energy_uj"

    private static func device(_ id: DeviceID, _ kind: Device.Kind) -> Device {
        Device(
            id: id, kind: kind, name: "\(id)", platform: "p", driver: "d", computeUnits: 1, memory: 1, fp64: true)
    }

    /// 65 W of the processor, which PoCL's device has too: together they take 65 W, not 130.
    @Test func sharedSiliconCountsOnce() throws {
        let tree = try SensorTree([
            "class/powercap/intel-rapl:0/name": "package-0", Self.file: "0",
            "class/powercap/intel-rapl:0/max_energy_range_uj": "262143328850",
        ])
        let time = Locked(0.0)
        let watch = PowerWatch(tree.sensors, seconds: { time.withLock { $0 } })
        let pocl = DeviceID.opencl(platform: 0, device: 0)
        let devices = [Self.device(.cpu, .cpu), Self.device(pocl, .cpu)]
        let begin = ContinuousClock.now
        #expect(watch.look(devices, at: begin).watts == nil, "one look is no power")
        for second in stride(from: 5, through: 60, by: 5) {
            time.withLock { $0 = Double(second) }
            try tree.set(Self.file, "\(second * 65_000_000)")
            let found = watch.look(devices, at: begin + .seconds(second))
            if second >= 10 {
                #expect(found.watts == 65 && found.each[.cpu]?.watts == 65 && found.each[pocl]?.watts == 65)
                #expect(found.each[.cpu]?.joules == Double(second * 65) && found.each[.cpu]?.source == "rapl")
            }
        }
        // A reading that fails: the energy stays, and the power begins anew.
        time.withLock { $0 = 65 }
        try tree.remove(Self.file)
        #expect(watch.look(devices, at: begin + .seconds(65)).watts == nil)
        time.withLock { $0 = 70 }
        try tree.set(Self.file, "9000000000")
        let again = watch.look(devices, at: begin + .seconds(70))
        #expect(again.watts == nil && again.each[.cpu]?.joules == 3900)
        watch.end()
    }

    /// Of a device without a source nothing is known, and so nothing of all together.
    @Test func partOfThePowerIsNoPower() throws {
        let tree = try SensorTree([
            "class/powercap/intel-rapl:0/name": "package-0", Self.file: "5",
        ])
        let time = Locked(0.0)
        let watch = PowerWatch(tree.sensors, seconds: { time.withLock { $0 } })
        let card = DeviceID.opencl(platform: 1, device: 0)
        let devices = [Self.device(.cpu, .cpu), Self.device(card, .gpu)]
        let begin = ContinuousClock.now
        for second in [0, 10, 20] {
            time.withLock { $0 = Double(second) }
            try tree.set(Self.file, "\(second * 10_000_000 + 5)")
            _ = watch.look(devices, at: begin + .seconds(second))
        }
        time.withLock { $0 = 30 }
        try tree.set(Self.file, "300000005")
        let found = watch.look(devices, at: begin + .seconds(30))
        #expect(found.watts == nil && found.each[.cpu]?.watts == 10)
        #expect(found.each[card] == PowerWatch.Finding())
        watch.end()
    }

    /// Hashes per joule on the line, under `h`, and in the snapshot.
    @Test func efficiencyIsShownWhereThePowerIsKnown() {
        var snapshot = MinerSnapshot(startedAt: .now, connection: MinerSnapshot.Connection(pool: "p"))
        snapshot.connection.isConnected = true
        var device = MinerSnapshot.Device(id: "cpu", name: "a cpu", kind: "cpu")
        device.rates.tenSeconds = 600
        snapshot.devices = [device]
        snapshot.rates = device.rates
        #expect(snapshot.efficiency == nil && !StatusLine.line(snapshot, width: 200).contains(" W"))
        snapshot.devices[0].power.watts = 60
        snapshot.watts = 60
        #expect(snapshot.efficiency == 10 && snapshot.devices[0].efficiency == 10)
        #expect(StatusLine.line(snapshot, width: 200).hasSuffix("60.0 W, 10.0 H/J"))
        #expect(StatusLine.hashRates(snapshot).contains { $0.contains("60.0 W, 10.0 H/J") })
    }
}
