import Nightjar
import NightjarCore

/// Each device's hash rate, from one reading of its count of hashes to the next.
package struct HashRates {
    private var counts: [DeviceID: UInt64] = [:]
    private var last: ContinuousClock.Instant?

    package init() {}

    /// Starts again with lanes that have made no hashes.
    package mutating func begin(at now: ContinuousClock.Instant) {
        counts = [:]
        last = now
    }

    /// The rates since the last call, in hashes per second; `nil` when no time has passed.
    package mutating func take(
        _ new: [(device: DeviceID, hashes: UInt64)], health: [DeviceHealth], at now: ContinuousClock.Instant
    ) -> [MinerEvent.DeviceRate]? {
        let elapsed = (now - (last ?? now)) / .seconds(1)
        guard elapsed > 0, !new.isEmpty else { return nil }
        let rates = new.map { device, hashes in
            // Totals only grow. A negative difference would be a defect of the engine, but no reason to trap here.
            let before = counts[device, default: 0]
            return MinerEvent.DeviceRate(
                device: device.description, hashrate: Double(hashes >= before ? hashes - before : 0) / elapsed,
                health: health.first { $0.device == device })
        }
        last = now
        counts = Dictionary(new.map { ($0.device, $0.hashes) }, uniquingKeysWith: { $1 })
        return rates
    }
}
