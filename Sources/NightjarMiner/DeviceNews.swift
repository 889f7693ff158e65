import NightjarCore

/// Decides which device events deserve a log line, so that a broken device or a slow dataset does not fill the log.
package struct DeviceNews {
    private var broken: Set<DeviceID> = []
    private var wrongHashes: [DeviceID: Int] = [:]
    /// How many quarters of its dataset each device had in its last log line.
    private var quarters: [DeviceID: Int] = [:]
    /// Since when each device prepares.
    private var preparing: [DeviceID: ContinuousClock.Instant] = [:]

    package init() {}

    /// Starts again for new lanes. The counts of wrong hashes stay.
    package mutating func beginAnew() { (broken, quarters, preparing) = ([], [:], [:]) }

    package mutating func preparing(_ device: DeviceID, at now: ContinuousClock.Instant) { preparing[device] = now }

    /// - Returns: how many seconds the device has prepared; `nil` where that is not known.
    package mutating func ready(_ device: DeviceID, at now: ContinuousClock.Instant) -> Double? {
        broken.remove(device)
        return preparing.removeValue(forKey: device).map { (now - $0) / .seconds(1) }
    }

    package mutating func failed(_ device: DeviceID) { broken.insert(device) }

    package func haveFailed(_ devices: [DeviceID]) -> Bool { devices.allSatisfy(broken.contains) }

    /// - Returns: the number of wrong hashes so far, when it is worth a line: at 1, 10, 100, …
    package mutating func wrongHash(_ device: DeviceID) -> Int? {
        let count = wrongHashes[device, default: 0] + 1
        wrongHashes[device] = count
        var value = count
        while value > 1, value.isMultiple(of: 10) { value /= 10 }
        return value == 1 ? count : nil
    }

    /// - Returns: the percentage to report, in steps of a quarter; a dataset that is filled again starts at 0.
    package mutating func settling(_ device: DeviceID, _ percent: Int) -> Int? {
        let quarter = percent / 25
        guard quarter != quarters[device] else { return nil }
        quarters[device] = quarter
        return quarter * 25
    }
}
