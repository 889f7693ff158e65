import NightjarCore
import NightjarPlatform
import Synchronization

/// The power of the devices that mine, and the energy that they have taken.
package final class PowerWatch: Sendable {
    /// A device's power at a look.
    package struct Finding: Sendable, Hashable {
        /// The mean over the last minute, or over ten seconds until it is as old; `nil` where it is not known.
        package var watts: Double?
        /// Since the first look; `nil` where it is not known.
        package var joules: Double?
        /// Where it is read: `nvml`, `rapl`, `hwmon` or `battery`.
        package var source: String?
        /// The part of the machine that it is the power of.
        package var part: String?

        package init() {}
    }

    private struct State {
        var parts: [DeviceID: Sensors.Part] = [:]
        var meter = EnergyMeter([:])
        var counted: [DeviceID: Counted] = [:]
    }

    private struct Counted {
        var last: EnergyMeter.Total
        var joules = 0.0
        var window = RateWindow()
    }

    private let sensors: Sensors
    private let seconds: (@Sendable () -> Double)?
    private let state = Locked(State())

    /// - Parameter seconds: see ``EnergyMeter``.
    package init(_ sensors: Sensors, seconds: (@Sendable () -> Double)? = nil) {
        self.sensors = sensors
        self.seconds = seconds
    }

    /// The devices' power and that of all together. A part that two devices share, as the processor and OpenCL's view of
    /// it, counts once.
    package func look(
        _ devices: [Device], at now: ContinuousClock.Instant = .now
    ) -> (each: [DeviceID: Finding], watts: Double?) {
        let parts = Dictionary(devices.map { ($0.id, Sensors.Part($0)) }, uniquingKeysWith: { first, _ in first })
        return state.withLock { state in
            if state.parts != parts { follow(parts, &state) }
            var each: [DeviceID: Finding] = [:]
            for id in parts.keys { each[id] = finding(id, at: now, &state) }
            let byPart = Dictionary(
                parts.map { ($0.value, each[$0.key]?.watts) }, uniquingKeysWith: { first, _ in first })
            let known = byPart.values.compactMap(\.self)
            return (each, known.count == byPart.count && !known.isEmpty ? known.reduce(0, +) : nil)
        }
    }

    /// Ends the readings.
    package func end() { state.withLock { $0.meter.end() } }

    private func follow(_ parts: [DeviceID: Sensors.Part], _ state: inout State) {
        state.meter.end()
        state.parts = parts
        state.counted = [:]
        let inputs = parts.map { ($0.key.description, sensors.energy(of: $0.value).inputs) }
        state.meter = EnergyMeter(Dictionary(uniqueKeysWithValues: inputs), seconds: seconds)
    }

    private func finding(_ id: DeviceID, at now: ContinuousClock.Instant, _ state: inout State) -> Finding {
        var finding = Finding()
        guard let total = state.meter.total(of: id.description) else { return finding }
        finding.part = state.parts[id]?.description
        finding.source = state.meter.source(of: id.description)?.rawValue
        var counted = state.counted[id] ?? Counted(last: total)
        if let more = total.joules(since: counted.last) {
            counted.joules += more
            counted.window.add(UInt64(max(0, counted.joules * 1000)), at: now)
        } else {
            // What was taken meanwhile is not known: power is measured anew.
            counted.window = RateWindow()
        }
        counted.last = total
        state.counted[id] = counted
        finding.joules = counted.joules
        finding.watts = (counted.window.rates.minute ?? counted.window.rates.tenSeconds).map { $0 / 1000 }
        return finding
    }
}
