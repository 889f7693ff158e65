import Nightjar
import NightjarCore
import Synchronization

/// Looks after the machine while a miner runs: battery, hours, heat.
package final class Caretaker: Sendable {
    /// What it may do to a miner.
    package protocol Patient: MinerControl {
        func cool(_ isCooling: Bool) async
        func tell(_ event: MinerEvent) async
    }

    private let settings: Mutex<CareSettings>
    private let sensors: Sensors
    private let minute: @Sendable () -> Int

    /// - Parameter minute: the minute of the day, in local time.
    package init(
        _ settings: CareSettings, sensors: Sensors = Sensors(), minute: @escaping @Sendable () -> Int = MiningHours.now
    ) {
        self.settings = Mutex(settings)
        self.sensors = sensors
        self.minute = minute
    }

    /// What counts from the next look on.
    package func follow(_ new: CareSettings) { settings.withLock { $0 = new } }

    /// What it found at a look.
    package struct Finding: Sendable, Hashable {
        /// Reasons to rest.
        package var pauses: Set<PauseReason> = []
        /// The part of the time to work.
        package var duty = 1.0
        package var processor: Double?
        /// The highest of all readings.
        package var hottest: Double?
    }

    /// Looks once.
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

    /// Looks again and again, and does what follows, until its task is cancelled.
    ///
    /// - Parameters:
    ///   - devices: their temperatures go to `statistics`.
    ///   - period: from one look to the next; the duty cycle is a part of it.
    package func run(
        _ miner: some Patient, devices: @Sendable () -> [(id: DeviceID, name: String)], statistics: Statistics,
        period: Duration = .seconds(5)
    ) async {
        var duty = DutyCycle()
        var held: Set<PauseReason> = []
        var saidDuty = 1.0
        var saidBlind = false
        while !Task.isCancelled {
            let finding = look(&duty)
            for device in devices() {
                statistics.temperature(
                    device.id == .cpu ? finding.processor : sensors.graphics(named: device.name), of: device.id)
            }
            for reason in PauseReason.allCases where finding.pauses.contains(reason) != held.contains(reason) {
                if finding.pauses.contains(reason) { await miner.pause(reason) } else { await miner.resume(reason) }
            }
            held = finding.pauses
            if settings.withLock({ $0.maxTemperature }) != nil, finding.hottest == nil {
                if !saidBlind {
                    await miner.tell(.error("no sensor says how hot this machine is: the limit does nothing"))
                }
                saidBlind = true
            }
            // In steps of a quarter, so that it is worth a line; and at both ends.
            let isEnd = finding.duty != saidDuty && (finding.duty == 0 || finding.duty == 1 || saidDuty == 1)
            if isEnd || abs(finding.duty - saidDuty) >= 0.25, let hottest = finding.hottest {
                saidDuty = finding.duty
                await miner.tell(
                    .notice(
                        "at \(PlainText.fixed(hottest, 1)) °C, it works \(Int(finding.duty * 100)) % of the time"))
            }
            // Rest first, so that the next look comes at the end of the work, when it is hottest.
            let work = period * finding.duty
            if finding.duty > 0, finding.duty < 1 {
                await miner.cool(true)
                guard (try? await Task.sleep(for: period - work)) != nil else { break }
            }
            await miner.cool(false)
            guard (try? await Task.sleep(for: finding.duty > 0 ? work : period)) != nil else { break }
        }
        await miner.cool(false)
    }
}

extension Miner: Caretaker.Patient {}
