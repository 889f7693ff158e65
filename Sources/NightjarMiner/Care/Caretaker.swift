import Nightjar
import NightjarCore
import NightjarPlatform
import Synchronization

/// Spares the machine while a miner runs: it watches battery, hours and heat, and pauses or slows the miner.
package final class Caretaker: Sendable {
    /// The parts of a miner that the caretaker uses.
    package protocol CoolableMiner: MinerControl {
        func cool(_ isCooling: Bool) async
        func tell(_ event: MinerEvent) async
    }

    private let settings: Locked<CareSettings>
    private let sensors: Sensors
    private let power: PowerWatch
    private let minute: @Sendable () -> Int

    /// - Parameter minute: gives the minute of the day in local time.
    package init(
        _ settings: CareSettings, sensors: Sensors = Sensors(), minute: @escaping @Sendable () -> Int = MiningHours.now
    ) {
        self.settings = Locked(settings)
        self.sensors = sensors
        power = PowerWatch(sensors)
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
    }

    /// Looks at the machine once.
    package func look(_ duty: inout DutyCycle) -> Finding {
        let settings = settings.withLock { $0 }
        var finding = Finding()
        if settings.pausesOnBattery, sensors.isOnBattery == true { finding.pauses.insert(.battery) }
        if let schedule = settings.schedule, !schedule.contains(minute: minute()) { finding.pauses.insert(.schedule) }
        finding.processor = sensors.processor
        finding.hottest = [finding.processor, sensors.hottestGraphics].compactMap { $0 }.max()
        if let limit = settings.maxTemperature { duty.take(finding.hottest, limit: limit) } else { duty.reset() }
        finding.duty = duty.part
        if duty.part == 0 { finding.pauses.insert(.temperature) }
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
        var duty = DutyCycle()
        var held: Set<PauseReason> = []
        var saidDuty = 1.0
        var saidBlind = false
        while !Task.isCancelled {
            let finding = look(&duty)
            tell(devices(), statistics)
            for reason in PauseReason.allCases where finding.pauses.contains(reason) != held.contains(reason) {
                if finding.pauses.contains(reason) { await miner.pause(reason) } else { await miner.resume(reason) }
            }
            held = finding.pauses
            if settings.withLock({ $0.maxTemperature }) != nil, finding.hottest == nil {
                if !saidBlind {
                    await miner.tell(
                        .error("this machine has no temperature sensor that Nightjar can read: the limit has no effect")
                    )
                }
                saidBlind = true
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
