import NightjarCore
import NightjarMiner
import NightjarPlatform
import NightjarReport
import Synchronization

/// The energy of a benchmark's devices: where it is read, the power at rest, and why the rest can't be read.
package final class BenchPower: Sendable {
    /// A moment, from which a sample's energy counts.
    package struct Mark: Sendable { fileprivate let total: EnergyMeter.Total? }

    /// What a sample's end showed of its device.
    package struct Reading: Sendable {
        package let joules: Double?
        package let sensors: CardReadings
    }

    private let sensors: Sensors
    private let devices: [(id: DeviceID, part: Sensors.Part)]
    private let unreadable: [(id: DeviceID, reason: String)]
    private let meter: EnergyMeter
    /// Watts that a user read off a meter. They stand for everything else.
    private let typed: Double?
    private let idle = Locked<[DeviceID: Double]>([:])

    /// Seconds that the power at rest is measured for.
    package static let restSeconds = 5.0

    /// - Parameter seconds: see ``EnergyMeter``.
    package init(
        _ devices: [Device], typed: Double?, sensors: Sensors = Sensors(), seconds: (@Sendable () -> Double)? = nil
    ) {
        self.sensors = sensors
        self.typed = typed
        self.devices = devices.map { ($0.id, Sensors.Part($0)) }
        let energies = self.devices.map { ($0.id, sensors.energy(of: $0.part)) }
        unreadable = typed == nil ? energies.compactMap { id, energy in energy.reason.map { (id, $0) } } : []
        let inputs = energies.map { ($0.0.description, typed == nil ? $0.1.inputs : []) }
        meter = EnergyMeter(Dictionary(inputs, uniquingKeysWith: { first, _ in first }), seconds: seconds)
    }

    deinit { meter.end() }

    /// Whether the energy of any device is known.
    package var isKnown: Bool { typed != nil || unreadable.count < devices.count }

    /// Where a device's energy is from.
    package func source(of id: DeviceID) -> String? {
        typed != nil ? "typed" : meter.source(of: id.description)?.rawValue
    }

    /// Why the energy of some devices is not known, in words that end a sentence; `nil` when all is.
    package var reason: String? {
        guard let first = unreadable.first else { return nil }
        if unreadable.allSatisfy({ $0.reason == first.reason }) {
            return unreadable.count == devices.count
                ? first.reason : "\(unreadable.map(\.id.description).joined(separator: ", ")): \(first.reason)"
        }
        return unreadable.map { "\($0.id): \($0.reason)" }.joined(separator: "; ")
    }

    /// Measures the devices' power while nothing hashes. Typed watts are for hashing, and say nothing of it.
    ///
    /// - Parameter wait: lets time pass.
    package func measureRest(_ wait: () async -> Void) async {
        guard typed == nil, isKnown else { return }
        let clock = ContinuousClock()
        let begin = clock.now
        let marks = devices.map { (id: $0.id, mark: mark($0.id)) }
        await wait()
        let seconds = (clock.now - begin) / .seconds(1)
        for (id, mark) in marks {
            if let joules = joules(id, since: mark), seconds > 0 { idle.withLock { $0[id] = joules / seconds } }
        }
    }

    /// A device's mean power at rest, in watts.
    package func idleWatts(of id: DeviceID) -> Double? { idle.withLock { $0[id] } }

    package func mark(_ id: DeviceID) -> Mark { Mark(total: meter.total(of: id.description)) }

    /// A device's energy since a mark, and its sensors now.
    ///
    /// - Parameter seconds: that it hashed.
    package func reading(_ id: DeviceID, since mark: Mark, seconds: Double) -> Reading {
        let part = devices.first { $0.id == id }?.part
        return Reading(
            joules: typed.map { $0 * seconds } ?? joules(id, since: mark),
            sensors: part.map { sensors.readings(of: $0) } ?? CardReadings())
    }

    private func joules(_ id: DeviceID, since mark: Mark) -> Double? {
        guard let begin = mark.total, let end = meter.total(of: id.description) else { return nil }
        return end.joules(since: begin)
    }

    /// Fills in what is known of a device's power.
    package func describe(_ device: inout ReportDevice, _ id: DeviceID) {
        device.powerSource = source(of: id)
        device.idleWatts = idleWatts(of: id)
        device.powerLimit = devices.first { $0.id == id }.flatMap { sensors.readings(of: $0.part).powerLimit }
    }
}
