import Nightjar
import NightjarCore
import NightjarPlatform
import Synchronization

/// Spares the machine while a miner runs: it watches battery, use, hours and heat, and pauses or slows the miner.
package final class Caretaker: Sendable {
    /// The parts of a miner that the caretaker uses.
    package protocol CoolableMiner: MinerControl {
        func cool(_ isCooling: Bool) async
        func tell(_ event: MinerEvent) async
    }

    private let settings: Locked<CareSettings>
    private let sensors: Sensors
    private let power: PowerWatch
    private let idle: IdleWatch
    private let processes: String
    private let minute: @Sendable () -> Int

    /// - Parameters:
    ///   - idle: asks whether the machine is used.
    ///   - processes: the folder of the kernel's `proc`.
    ///   - minute: gives the minute of the day in local time.
    package init(
        _ settings: CareSettings, sensors: Sensors = Sensors(), idle: IdleWatch = IdleWatch(),
        processes: String = "/proc", minute: @escaping @Sendable () -> Int = MiningHours.now
    ) {
        self.settings = Locked(settings)
        self.sensors = sensors
        power = PowerWatch(sensors)
        self.idle = idle
        self.processes = processes
        self.minute = minute
    }

    /// Replaces the settings; the next look uses them.
    package func follow(_ new: CareSettings) { settings.withLock { $0 = new } }

    /// What one look at the machine found.
    package struct Finding: Sendable, Hashable {
        /// The reasons to rest.
        package var pauses: Set<PauseReason> = []
        /// The part of the time that the lanes may work.
        package var duty = 1.0
        package var processor: Double?
        /// The highest reading, in degrees Celsius.
        package var hottest: Double?
        /// What cannot be seen although a setting needs it, with a line for the user.
        package var unseen: [Unseen: String] = [:]
    }

    /// What a setting needs to see.
    package enum Unseen: Sendable, Hashable, CaseIterable { case use, load, temperature }

    /// What one look leaves for the next.
    package struct Memory: Sendable {
        package var duty = DutyCycle()
        package var load = LoadWatch()

        package init() {}
    }

    /// Looks at the machine once.
    package func look(_ memory: inout Memory) async -> Finding {
        let settings = settings.withLock { $0 }
        var finding = Finding()
        if settings.pausesOnBattery, sensors.isOnBattery == true { finding.pauses.insert(.battery) }
        if settings.pausesOnActive {
            do {
                if try await !idle.isIdle() { finding.pauses.insert(.active) }
            } catch {
                finding.unseen[.use] =
                    "logind does not tell whether this machine is in use (\(error)): --pause-on-active has no effect"
            }
        } else {
            await idle.end()
        }
        if let limit = settings.maxLoad {
            let times = ProcessorTimes.now(root: processes)
            memory.load.take(times, limit: limit)
            if memory.load.isBusy { finding.pauses.insert(.load) }
            if times == nil {
                finding.unseen[.load] =
                    "\(processes)/stat and \(processes)/self/stat cannot be read: --pause-on-load has no effect"
            }
        } else {
            memory.load.reset()
        }
        if let schedule = settings.schedule, !schedule.contains(minute: minute()) { finding.pauses.insert(.schedule) }
        finding.processor = sensors.processor
        finding.hottest = [finding.processor, sensors.hottestGraphics].compactMap { $0 }.max()
        if let limit = settings.maxTemperature {
            memory.duty.take(finding.hottest, limit: limit)
            if finding.hottest == nil {
                finding.unseen[.temperature] =
                    "this machine has no temperature sensor that Nightjar can read: the limit has no effect"
            }
        } else {
            memory.duty.reset()
        }
        finding.duty = memory.duty.part
        if finding.duty == 0 { finding.pauses.insert(.temperature) }
        return finding
    }

    /// Looks at the machine once a period and acts on the finding, until its task is cancelled.
    ///
    /// - Parameters:
    ///   - devices: their sensors' readings and their power go to `statistics`.
    ///   - period: the time from one look to the next. The duty cycle is a part of it.
    package func run(
        _ miner: some CoolableMiner, devices: @Sendable () -> [Device], statistics: Statistics,
        period: Duration = .seconds(5)
    ) async {
        var memory = Memory()
        var held: Set<PauseReason> = []
        var saidDuty = 1.0
        var said: Set<Unseen> = []
        while !Task.isCancelled {
            let finding = await look(&memory)
            tell(devices(), statistics)
            for reason in PauseReason.allCases where finding.pauses.contains(reason) != held.contains(reason) {
                if finding.pauses.contains(reason) { await miner.pause(reason) } else { await miner.resume(reason) }
            }
            held = finding.pauses
            for part in Unseen.allCases {
                if let line = finding.unseen[part], said.insert(part).inserted { await miner.tell(.error(line)) }
            }
            // Report steps of a quarter and both ends only: small changes are not worth a line.
            let isEnd = finding.duty != saidDuty && (finding.duty == 0 || finding.duty == 1 || saidDuty == 1)
            if isEnd || abs(finding.duty - saidDuty) >= 0.25, let hottest = finding.hottest {
                saidDuty = finding.duty
                await miner.tell(
                    .notice(
                        "at \(PlainText.fixed(hottest, 1)) °C: mining \(Int(finding.duty * 100)) % of the time"))
            }
            // Rest first, then work: the next look then comes right after the work, when the device is hottest.
            let work = period * finding.duty
            if finding.duty > 0, finding.duty < 1 {
                await miner.cool(true)
                guard (try? await Task.sleep(for: period - work)) != nil else { break }
            }
            await miner.cool(false)
            guard (try? await Task.sleep(for: finding.duty > 0 ? work : period)) != nil else { break }
        }
        await miner.cool(false)
        await idle.end()
        power.end()
    }

    private func tell(_ devices: [Device], _ statistics: Statistics) {
        let found = power.look(devices)
        for device in devices {
            statistics.sensors(sensors.readings(of: Sensors.Part(device)), found.each[device.id], of: device.id)
        }
        statistics.power(found.watts)
    }
}

extension Miner: Caretaker.CoolableMiner {}
extension Teams: Caretaker.CoolableMiner {}
