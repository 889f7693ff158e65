import Foundation
import Nightjar
import NightjarCore
import NightjarMiner
import NightjarPlatform
import Synchronization
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5))) struct CareTests {
    /// A `sysfs` of the test's own.
    final class Machine: Sendable {
        let root = NSTemporaryDirectory() + "nightjar-sys-\(UUID().uuidString)"
        deinit { try? FileManager.default.removeItem(atPath: root) }

        func set(_ path: String, _ text: String) throws {
            let file = root + "/class/" + path
            try FileManager.default.createDirectory(
                atPath: (file as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
            // At once, as the kernel does it: half a reading is none.
            try Data((text + "\n").utf8).write(to: URL(fileURLWithPath: file), options: .atomic)
        }

        func supply(_ name: String, _ files: [String: String]) throws {
            for (file, text) in files { try set("power_supply/\(name)/\(file)", text) }
        }

        var sensors: Sensors { Sensors(root: root, nvml: nil) }
    }

    @Test func aBatteryIsNoticed() throws {
        let machine = Machine()
        #expect(machine.sensors.isOnBattery == nil, "a desktop")
        try machine.supply("hidpp_battery_0", ["type": "Battery", "scope": "Device", "status": "Discharging"])
        #expect(machine.sensors.isOnBattery == nil, "a mouse")
        try machine.supply("AC", ["type": "Mains", "online": "1"])
        #expect(machine.sensors.isOnBattery == nil, "there is no battery to be on")
        try machine.supply("BAT0", ["type": "Battery", "status": "Charging"])
        #expect(machine.sensors.isOnBattery == false)
        try machine.supply("AC", ["type": "Mains", "online": "0"])
        #expect(machine.sensors.isOnBattery == true)
        try machine.supply("ucsi", ["type": "USB", "online": "1"])
        #expect(machine.sensors.isOnBattery == false, "one supply is enough")
    }

    @Test(arguments: [("Discharging", true), ("Full", false), ("Not charging", false)])
    func withoutASupplyTheBatterySpeaks(_ status: String, _ isOn: Bool) throws {
        let machine = Machine()
        try machine.supply("BAT1", ["type": "Battery", "status": status])
        #expect(machine.sensors.isOnBattery == isOn)
    }

    @Test func theProcessorsHottestPlaceCounts() throws {
        let machine = Machine()
        #expect(machine.sensors.processor == nil)
        try machine.set("hwmon/hwmon0/name", "nvme")
        try machine.set("hwmon/hwmon0/temp1_input", "95000")
        #expect(machine.sensors.processor == nil, "a disk is no processor")
        try machine.set("hwmon/hwmon3/name", "k10temp")
        #expect(machine.sensors.processor == nil, "absent is nil, never 0")
        for junk in ["0", "-273000", "999999999", "warm", ""] {
            try machine.set("hwmon/hwmon3/temp1_input", junk)
            #expect(machine.sensors.processor == nil, "\(junk)")
        }
        try machine.set("hwmon/hwmon3/temp1_input", "61250")
        try machine.set("hwmon/hwmon3/temp4_input", "58000")
        #expect(machine.sensors.processor == 61.25)
        try machine.set("hwmon/hwmon4/name", "coretemp")
        try machine.set("hwmon/hwmon4/temp17_input", "70000")
        #expect(machine.sensors.processor == 70)
    }

    @Test(arguments: [
        ("22:00-07:00", [0, 419, 1320, 1439], [420, 1319]), ("9-17", [540, 1019], [539, 1020]),
        ("8:30-12:00, 13:00-24:00", [510, 719, 780, 1439], [0, 509, 720, 779]), ("0:00-0:00", [0, 700, 1439], []),
    ])
    func hoursAreMinded(_ text: String, _ inside: [Int], _ outside: [Int]) throws {
        let schedule = try #require(MiningHours(text))
        for minute in inside { #expect(schedule.contains(minute: minute), "\(minute)") }
        for minute in outside { #expect(!schedule.contains(minute: minute), "\(minute)") }
    }

    @Test(arguments: [
        "", "22:00", "22:00-", "24:00-1:00", "1:60-2:00", "1-2-3", "a-b", "1:2:3-4", "-1-2", "1-2,", "１-2",
    ])
    func whatIsNoScheduleIsRefused(_ text: String) { #expect(MiningHours(text) == nil) }

    /// A body that warms by what it does and cools to the room: it must come to rest below the limit, working as much
    /// as that allows.
    @Test(arguments: [(100.0, 80.0), (120, 60), (90, 89)])
    func theDutyCycleFindsWhatTheLimitAllows(_ full: Double, _ limit: Double) {
        var duty = DutyCycle()
        let room = 25.0
        var degrees = room
        var (late, worked): ([Double], [Double]) = ([], [])
        for step in 0..<2000 {
            duty.take(degrees, limit: limit)
            degrees += (room + (full - room) * duty.part - degrees) * 0.05
            if step > 1500 {
                late.append(degrees)
                worked.append(duty.part)
            }
        }
        #expect(late.allSatisfy { $0 < limit + 3 }, "\(late.max() ?? 0)")
        let possible = (limit - room) / (full - room)
        let mean = worked.reduce(0, +) / Double(worked.count)
        #expect(mean > possible * 0.75 && mean < possible * 1.05, "\(mean) of \(possible)")
    }

    @Test func theDutyCycleKnowsNothingWithoutAReading() {
        var duty = DutyCycle()
        for _ in 0..<20 { duty.take(nil, limit: 50) }
        #expect(duty.part == 1)
        for _ in 0..<20 { duty.take(90, limit: 50) }
        #expect(duty.part == 0)
        duty.take(nil, limit: 50)
        #expect(duty.part == 0, "a sensor that falls silent is no reason to go on")
        for _ in 0..<200 { duty.take(30, limit: 50) }
        #expect(duty.part == 1)
    }

    /// Keeps what it is told.
    final class CoolableMiner: Caretaker.CoolableMiner {
        let told = Locked<[String]>([])
        func pause(_ reason: PauseReason) async { told.withLock { $0.append("pause \(reason.rawValue)") } }
        func resume(_ reason: PauseReason) async { told.withLock { $0.append("resume \(reason.rawValue)") } }
        func stop(_ reason: Miner.End) async {}
        func hurry() async {}
        func cool(_ isCooling: Bool) async { if isCooling { told.withLock { $0.append("cool") } } }
        func tell(_ event: MinerEvent) async { told.withLock { $0.append("\(HumanReporter.lines(event))") } }

        func until(_ text: String) async throws {
            try await eventually("'\(text)' in \(told.withLock { $0 })") {
                told.withLock { $0.contains { $0.contains(text) } }
            }
        }
    }

    @Test func theMachineIsLookedAfter() async throws {
        let machine = Machine()
        try machine.supply("AC", ["type": "Mains", "online": "1"])
        try machine.supply("BAT0", ["type": "Battery", "status": "Charging"])
        try machine.set("hwmon/hwmon0/name", "coretemp")
        try machine.set("hwmon/hwmon0/temp1_input", "50000")
        let minute = Locked(600)
        let caretaker = Caretaker(
            CareSettings(pausesOnBattery: true, schedule: MiningHours("9-17"), maxTemperature: 80),
            sensors: machine.sensors,
            minute: { minute.withLock { $0 } })
        let statistics = Statistics(devices: [StatisticsTests.device(.cpu)], pool: "p")
        let patient = CoolableMiner()
        let task = Task {
            await caretaker.run(
                patient, devices: { [StatisticsTests.device(.cpu)] }, statistics: statistics, period: .milliseconds(4))
        }
        try await eventually("a temperature") { statistics.snapshot().devices[0].temperature == 50 }
        #expect(patient.told.withLock { $0 } == [])
        try machine.supply("AC", ["type": "Mains", "online": "0"])
        try await patient.until("pause battery")
        minute.withLock { $0 = 1200 }
        try await patient.until("pause schedule")
        try machine.supply("AC", ["type": "Mains", "online": "1"])
        try await patient.until("resume battery")
        minute.withLock { $0 = 601 }
        try await patient.until("resume schedule")
        try machine.set("hwmon/hwmon0/temp1_input", "82000")
        try await patient.until("cool")
        try machine.set("hwmon/hwmon0/temp1_input", "99000")
        try await patient.until("pause temperature")
        try await patient.until("°C: mining 0 % of the time")
        try machine.set("hwmon/hwmon0/temp1_input", "40000")
        try await patient.until("resume temperature")
        try await patient.until("mining 100 % of the time")
        try FileManager.default.removeItem(atPath: machine.root + "/class/hwmon")
        try await patient.until("no temperature sensor")
        try await eventually("no temperature") { statistics.snapshot().devices[0].temperature == nil }
        // A limit that is taken back.
        caretaker.follow(CareSettings())
        task.cancel()
        await task.value
    }

    @Test func aPauseForHeatIsTakenBackWithItsLimit() async {
        let machine = Machine()
        #expect(throws: Never.self) {
            try machine.set("hwmon/hwmon0/name", "coretemp")
            try machine.set("hwmon/hwmon0/temp1_input", "99000")
        }
        let caretaker = Caretaker(CareSettings(maxTemperature: 50), sensors: machine.sensors, minute: { 0 })
        var memory = Caretaker.Memory()
        for _ in 0..<5 { _ = await caretaker.look(&memory) }
        let hot = await caretaker.look(&memory)
        #expect(hot.pauses == [.temperature])
        caretaker.follow(CareSettings())
        let free = await caretaker.look(&memory)
        #expect(free.pauses == [] && free.duty == 1)
    }
}
