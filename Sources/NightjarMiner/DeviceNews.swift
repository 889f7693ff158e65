import NightjarCore

/// Decides which device events deserve a log line, so that a broken device or a slow dataset does not fill the log.
package struct DeviceNews {
    private var broken: Set<DeviceID> = []
    private var wrongHashes: [DeviceID: Int] = [:]
    /// How many quarters of its dataset each device had in its last log line.
    private var quarters: [DeviceID: Int] = [:]

    package init() {}

    /// Starts again for new lanes. The counts of wrong hashes stay.
    package mutating func beginAnew() { (broken, quarters) = ([], [:]) }

    package mutating func ready(_ device: DeviceID) { broken.remove(device) }

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
