import Nightjar
import NightjarCore
import NightjarPlatform

/// The first lines of a run for people: who mines, on which devices and where.
package enum Introduction {
    /// Two columns: a name, and what it stands for.
    ///
    /// - Parameters:
    ///   - rivals: OpenCL devices that are this processor, and rest while its own threads mine.
    ///   - places: pools, the ledger and the like, each with its name.
    ///   - keys: the keys that the terminal takes; `nil` where there are none.
    package static func lines(
        devices: [Device], rivals: [Device] = [], places: [(name: String, text: String)], keys: String?
    ) -> [String] {
        var rows = devices.map { device in
            let cores =
                device.id == .cpu ? ", \(device.computeUnits) \(device.computeUnits == 1 ? "core" : "cores")" : ""
            return [device.id.description, printable(device.name) + cores]
        }
        rows += rivals.map { device in
            [device.id.description, "this processor again, so it rests; --device cpu,\(device.id) uses both"]
        }
        rows += places.map { [$0.name, printable($0.text)] }
        if let keys { rows.append(["keys", keys]) }
        return ["nightjar \(Version.number)"] + StatusLine.table(rows, numbers: 1)
    }
}
