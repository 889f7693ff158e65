import Nightjar
import NightjarCore
import NightjarPlatform

/// The first lines of a run for people: who mines, on which devices and where.
package enum Introduction {
    /// Two columns: a name, and what it stands for.
    ///
    /// - Parameters:
    ///   - places: pools, the ledger and the like, each with its name.
    ///   - keys: the keys that the terminal takes; `nil` where there are none.
    package static func lines(
        devices: [Device], places: [(name: String, text: String)], keys: String?
    ) -> [String] {
        var rows = devices.map { device in
            let cores =
                device.id == .cpu ? ", \(device.computeUnits) \(device.computeUnits == 1 ? "core" : "cores")" : ""
            return [device.id.description, printable(device.name) + cores]
        }
        rows += places.map { [$0.name, printable($0.text)] }
        if let keys { rows.append(["keys", keys]) }
        return ["nightjar \(Version.number)"] + StatusLine.table(rows, numbers: 1)
    }
}
