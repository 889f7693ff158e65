import Foundation
import NightjarPlatform

/// A `sysfs` of a test's own.
package final class SensorTree: Sendable {
    package let root = NSTemporaryDirectory() + "nightjar-sys-\(UUID().uuidString)"

    package init(_ files: [String: String] = [:]) throws {
        for (path, text) in files { try set(path, text) }
    }

    deinit { try? FileManager.default.removeItem(atPath: root) }

    /// Writes a file at once, as the kernel does it, with its line end: half a reading is none.
    package func set(_ path: String, _ text: String) throws {
        let file = "\(root)/\(path)"
        try FileManager.default.createDirectory(
            atPath: (file as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        try Data((text + "\n").utf8).write(to: URL(fileURLWithPath: file), options: .atomic)
    }

    package func remove(_ path: String) throws { try FileManager.default.removeItem(atPath: "\(root)/\(path)") }

    package var sensors: Sensors { Sensors(root: root, nvml: nil) }

    package static func card(_ address: String?, _ name: String = "a card") -> Sensors.Part {
        .card(address: address.flatMap { PCIAddress($0) }, name: name)
    }
}
