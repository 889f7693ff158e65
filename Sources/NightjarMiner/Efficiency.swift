extension MinerSnapshot {
    /// Hashes per joule of all devices in the last minute; `nil` where the power is not known.
    package var efficiency: Double? { Self.efficiency(rates, watts) }

    fileprivate static func efficiency(_ rates: Rates, _ watts: Double?) -> Double? {
        guard let watts, watts > 0, let rate = rates.minute ?? rates.tenSeconds, rate > 0 else { return nil }
        return rate / watts
    }
}

extension MinerSnapshot.Device {
    /// Hashes per joule of the last minute; `nil` where the power is not known.
    package var efficiency: Double? { MinerSnapshot.efficiency(rates, power.watts) }
}
