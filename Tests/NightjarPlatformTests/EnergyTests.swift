import NightjarPlatform
import Synchronization
import TestSupport
import Testing

/// Where energy is read, from trees that the tests make.
@Suite(.timeLimit(.minutes(1))) struct EnergyTests {
    private func rapl(_ number: String, _ name: String, _ microjoules: String) -> [String: String] {
        [
            "class/powercap/intel-rapl:\(number)/name": name,
            "class/powercap/intel-rapl:\(number)/energy_uj": microjoules,
            "class/powercap/intel-rapl:\(number)/max_energy_range_uj": "262143328850",
        ]
    }

    /// Two packages and their memory: the cores are in the packages' numbers already, psys is the whole machine's.
    @Test func packagesAndTheirMemoryAreTheProcessors() throws {
        let domains = [
            rapl("0", "package-0", "1000000"), rapl("0:0", "core", "700000"), rapl("0:1", "dram", "250000"),
            rapl("1", "package-1", "3000000"), rapl("2", "psys", "9000000"),
            [
                "class/powercap/intel-rapl-mmio:0/name": "package-0",
                "class/powercap/intel-rapl-mmio:0/energy_uj": "5",
            ],
        ]
        let tree = try SensorTree(domains.reduce(into: [:]) { $0.merge($1) { $1 } })
        let inputs = tree.sensors.energy(of: .processor).inputs
        #expect(inputs.map(\.part) == ["package-0", "dram", "package-1"])
        #expect(inputs.allSatisfy { $0.source == .rapl })
        #expect(inputs.map { $0.joules?.now } == [1, 0.25, 3])
        #expect(inputs.allSatisfy { $0.joules?.range == 262143.32885 })
        try tree.set("class/powercap/intel-rapl:0/energy_uj", "")
        #expect(inputs[0].read() == nil, "not read is not 0")
    }

    @Test func whatCannotBeReadSaysWhyAndWhatHelps() throws {
        let machine = try SensorTree().sensors
        let reason = try #require(machine.energy(of: .processor).reason)
        #expect(reason.contains("virtual machines") && reason.contains("--watts"))
        // The kernel's file of a user without rights can't be opened; root opens all of them, so it is missing here.
        let locked = try SensorTree(["class/powercap/intel-rapl:0/name": "package-0"])
        let rights = try #require(locked.sensors.energy(of: .processor).reason)
        #expect(rights.contains("only root") && rights.contains("sudo chmod a+r"))
        #expect(machine.energy(of: SensorTree.card(nil, "NVIDIA H200")).reason?.contains("libnvidia-ml.so.1") == true)
        #expect(machine.energy(of: SensorTree.card("0000:03:00.0")).reason?.contains("--watts") == true)
        let silent = try SensorTree([
            "class/drm/card0/device/hwmon/hwmon1/name": "amdgpu",
            "class/drm/card0/device/uevent": "PCI_SLOT_NAME=0000:03:00.0",
        ])
        #expect(silent.sensors.energy(of: SensorTree.card("0000:03:00.0")).reason?.contains("amdgpu") == true)
    }

    @Test func amdsOlderDriverCountsSockets() throws {
        let tree = try SensorTree([
            "class/hwmon/hwmon2/name": "amd_energy", "class/hwmon/hwmon2/energy1_label": "Ecore000",
            "class/hwmon/hwmon2/energy1_input": "5", "class/hwmon/hwmon2/energy9_label": "Esocket0",
            "class/hwmon/hwmon2/energy9_input": "7000000",
        ])
        let inputs = tree.sensors.energy(of: .processor).inputs
        #expect(inputs.map(\.part) == ["Esocket0"] && inputs[0].source == .hwmon && inputs[0].joules?.now == 7)
        try tree.remove("class/hwmon/hwmon2/energy9_input")
        #expect(tree.sensors.energy(of: .processor).reason?.contains("only root") == true)
    }

    @Test func amdsCardsShowPowerAndSensors() throws {
        let monitor = "class/drm/card1/device/hwmon/hwmon4/"
        let tree = try SensorTree([
            monitor + "name": "amdgpu", monitor + "power1_average": "143000000", monitor + "power1_cap": "203000000",
            monitor + "temp1_label": "edge", monitor + "temp1_input": "61000", monitor + "temp2_label": "junction",
            monitor + "temp2_input": "78000", monitor + "temp3_label": "mem", monitor + "temp3_input": "70000",
            monitor + "freq1_input": "2450000000", monitor + "freq2_input": "1000000000", monitor + "pwm1": "51",
            monitor + "fan1_input": "0", "class/drm/card1/device/uevent": "DRIVER=amdgpu\nPCI_SLOT_NAME=0000:03:00.0",
            "class/drm/card1-DP-1/device/hwmon/hwmon4/name": "amdgpu",
        ])
        let sensors = tree.sensors
        let card = SensorTree.card("0000:03:00.0")
        var expected = CardReadings()
        (expected.temperature, expected.hotSpot, expected.memoryTemperature) = (61, 78, 70)
        (expected.watts, expected.powerLimit) = (143, 203)
        (expected.clock, expected.memoryClock, expected.fan, expected.fanTurns) = (2450, 1000, 0.2, 0)
        #expect(sensors.readings(of: card) == expected)
        let input = try #require(sensors.energy(of: card).inputs.first)
        #expect(input.source == .hwmon && input.watts == 143)
        #expect(sensors.hottestGraphics == 61)
        // A driver that does not tell the place: the only card that fits.
        #expect(sensors.readings(of: SensorTree.card(nil, "AMD Radeon RX 6600")).watts == 143)
        #expect(sensors.readings(of: SensorTree.card(nil, "NVIDIA H200")) == CardReadings())
        #expect(sensors.readings(of: SensorTree.card("0000:04:00.0")) == CardReadings())
        // An APU, and newer cards: the power at this moment.
        try tree.remove(monitor + "power1_average")
        try tree.set(monitor + "power1_input", "25000000")
        #expect(input.watts == 25)
        for junk in ["0", "-5", "warm", "99999999999"] {
            try tree.set(monitor + "power1_input", junk)
            try tree.set(monitor + "temp1_input", junk)
            #expect(input.read() == nil && sensors.readings(of: card).watts == nil, "\(junk)")
            #expect(sensors.readings(of: card).temperature == nil, "\(junk)")
        }
    }

    @Test(arguments: [("i915", "energy1_input"), ("xe", "energy1_input"), ("xe", "energy2_input")])
    func intelsCardsCountEnergy(_ driver: String, _ file: String) throws {
        let monitor = "class/drm/card0/device/hwmon/hwmon3/"
        let tree = try SensorTree([
            monitor + "name": driver, monitor + file: "5000000", monitor + "power1_max": "190000000",
            "class/drm/card0/device/hwmon/hwmon5/name": "\(driver)_gt0",
            "class/drm/card0/device/hwmon/hwmon5/energy1_input": "1",
            "class/drm/card0/device/uevent": "PCI_SLOT_NAME=0000:00:02.0", "class/drm/card0/gt_act_freq_mhz": "1150",
            monitor + "temp2_label": "pkg", monitor + "temp2_input": "55000",
        ])
        let card = SensorTree.card("0000:00:02.0", "Intel(R) Arc(TM) A770 Graphics")
        let input = try #require(tree.sensors.energy(of: card).inputs.first)
        #expect(input.source == .hwmon && input.joules?.now == 5 && input.joules?.range == nil)
        let readings = tree.sensors.readings(of: card)
        #expect(readings.powerLimit == 190 && readings.clock == 1150 && readings.temperature == 55)
        #expect(readings.watts == nil)
    }

    /// A laptop on its battery: the whole machine's power, where nothing better is there.
    @Test func aBatteryIsTheLastResort() throws {
        let battery = "class/power_supply/BAT0/"
        let tree = try SensorTree([
            battery + "type": "Battery", battery + "status": "Discharging", battery + "power_now": "21500000",
        ])
        let input = try #require(tree.sensors.energy(of: .processor).inputs.first)
        #expect(input.source == .battery && input.watts == 21.5)
        try tree.remove(battery + "power_now")
        try tree.set(battery + "current_now", "-2000000")
        try tree.set(battery + "voltage_now", "11500000")
        #expect(input.watts == 23)
        try tree.set(battery + "status", "Charging")
        #expect(input.read() == nil && tree.sensors.energy(of: .processor).inputs.isEmpty)
        try tree.set(battery + "status", "Discharging")
        try tree.set("class/powercap/intel-rapl:0/name", "package-0")
        try tree.set("class/powercap/intel-rapl:0/energy_uj", "1")
        #expect(tree.sensors.energy(of: .processor).inputs.first?.source == .rapl)
    }

    @Test func theProcessorsClockIsTheMean() throws {
        let tree = try SensorTree([
            "devices/system/cpu/cpu0/cpufreq/scaling_cur_freq": "3000000",
            "devices/system/cpu/cpu1/cpufreq/scaling_cur_freq": "4000000",
        ])
        #expect(tree.sensors.readings(of: .processor).clock == 3500)
        #expect(try SensorTree().sensors.readings(of: .processor) == CardReadings())
    }

    // MARK: Counting

    private func count(_ readings: [(EnergyReading?, Double)]) -> EnergyCount {
        var count = EnergyCount()
        for (reading, time) in readings { count.take(reading, at: time) }
        return count
    }

    @Test func countersThatBeginAnewGoOn() {
        let range = 1000.0
        let turned = count([
            (.joules(900, range: range), 0), (.joules(980, range: range), 1), (.joules(30, range: range), 2),
            (.joules(40, range: range), 3),
        ])
        #expect(turned.joules == 140 && turned.gaps == 0)
        // Without a range, a counter that falls was set back: what was spent is not known.
        let reset = count([(.joules(900, range: nil), 0), (.joules(10, range: nil), 1), (.joules(30, range: nil), 2)])
        #expect(reset.joules == 20 && reset.gaps == 1)
        // Nothing takes 260 kW: this counter did not turn.
        let fault = count([(.joules(500, range: 262_143), 0), (.joules(400, range: 262_143), 1)])
        #expect(fault.joules == 0 && fault.gaps == 1)
    }

    @Test func powerIsEnergyWhileItIsReadOften() {
        #expect(count([(.watts(100), 0), (.watts(200), 0.5), (.watts(200), 1)]).joules == 175)
        let slept = count([(.watts(100), 0), (.watts(100), 60)])
        #expect(slept.joules == 0 && slept.gaps == 1)
    }

    @Test func aReadingThatFailsIsAGap() {
        let counted = count([(.watts(100), 0), (nil, 0.5), (.watts(100), 1), (.watts(100), 1.5)])
        #expect(counted.joules == 50 && counted.gaps == 2)
        #expect(count([(nil, 0), (.watts(5), 1)]).gaps == 2)
    }

    @Test func metersAddUpADevicesInputs() throws {
        let time = Locked(0.0)
        let energy = Locked((package: 10.0, memory: 1.0))
        let isBroken = Locked(false)
        let meter = EnergyMeter(
            [
                "cpu": [
                    EnergyInput(.rapl, "package-0") { .joules(energy.withLock { $0.package }, range: 100) },
                    EnergyInput(.rapl, "dram") {
                        isBroken.withLock { $0 } ? nil : .joules(energy.withLock { $0.memory }, range: nil)
                    },
                ], "opencl:0.0": [],
            ], seconds: { time.withLock { $0 } })
        let begin = try #require(meter.total(of: "cpu"))
        time.withLock { $0 = 2 }
        energy.withLock { $0 = (5, 4) }
        let end = try #require(meter.total(of: "cpu"))
        #expect(end.joules(since: begin) == 98)
        isBroken.withLock { $0 = true }
        #expect(try #require(meter.total(of: "cpu")).joules(since: end) == nil, "a part of the energy is none")
        #expect(meter.total(of: "opencl:0.0") == nil && meter.total(of: "none") == nil)
        #expect(meter.source(of: "cpu") == .rapl && meter.source(of: "opencl:0.0") == nil)
    }

    /// The meter's own thread reads the power, also when no caller asks for it.
    @Test func powersAreReadInBetween() throws {
        let reads = Monitor(0)
        let meter = EnergyMeter([
            "cpu": [
                EnergyInput(.hwmon, "card") {
                    reads.change { $0 += 1 }
                    return .watts(10)
                }
            ]
        ])
        let begin = try #require(meter.total(of: "cpu"))
        reads.wait { $0 > 4 ? () : nil }
        meter.end()
        let joules = try #require(meter.total(of: "cpu")?.joules(since: begin))
        #expect(joules > 0)
    }

    @Test(arguments: ["", "0000:03:00", "0000:03:00.0.1", "g:03:00.0", "0000:+3:00.0", "0000:03:-1.0", ":::."])
    func whatIsNoAddressIsNone(_ text: String) { #expect(PCIAddress(text) == nil) }

    @Test func addressesAreReadAndWritten() throws {
        let address = try #require(PCIAddress("0000:c1:1f.7"))
        #expect(address == PCIAddress(domain: 0, bus: 0xC1, device: 0x1F, function: 7))
        #expect(address.description == "0000:c1:1f.7" && PCIAddress("00000000:C1:1F.7") == address)
        #expect(address.mayBe(PCIAddress(domain: 5, bus: 0xC1, device: 0x1F, function: 7)))
        #expect(!address.mayBe(PCIAddress(domain: 0, bus: 0xC2, device: 0x1F, function: 7)))
    }
}

extension EnergyInput {
    /// The reading in joules, with the counter's range; `nil` for none and for a power.
    var joules: (now: Double, range: Double?)? {
        if case .joules(let now, let range)? = read() { (now, range) } else { nil }
    }

    var watts: Double? { if case .watts(let watts)? = read() { watts } else { nil } }
}
