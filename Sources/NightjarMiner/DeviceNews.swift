import NightjarCore

/// What is worth a line of what devices do: a broken device or a slow dataset must not fill the log.
package struct DeviceNews {
    private var broken: Set<DeviceID> = []
    private var wrongHashes: [DeviceID: Int] = [:]
    /// How many quarters of a dataset each device was last said to have.
    private var quarters: [DeviceID: Int] = [:]

    package init() {}

    /// Begins with other lanes; a device's wrong hashes count on.
    package mutating func beginAnew() { (broken, quarters) = ([], [:]) }

    package mutating func ready(_ device: DeviceID) { broken.remove(device) }

    package mutating func failed(_ device: DeviceID) { broken.insert(device) }

    package func haveFailed(_ devices: [DeviceID]) -> Bool { devices.allSatisfy(broken.contains) }

    /// - Returns: how many there are, when that is worth a line: at 1, 10, 100, …
    package mutating func wrongHash(_ device: DeviceID) -> Int? {
        let count = wrongHashes[device, default: 0] + 1
        wrongHashes[device] = count
        var value = count
        while value > 1, value.isMultiple(of: 10) { value /= 10 }
        return value == 1 ? count : nil
    }

    /// - Returns: the percentage to report, in quarters; a dataset that is filled again begins at 0.
    package mutating func settling(_ device: DeviceID, _ percent: Int) -> Int? {
        let quarter = percent / 25
        guard quarter != quarters[device] else { return nil }
        quarters[device] = quarter
        return quarter * 25
    }
}
