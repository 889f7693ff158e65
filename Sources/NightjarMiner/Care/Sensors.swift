import Glibc
import NightjarCPU
import NightjarCore
import NightjarPlatform

/// The machine's own readings: whether it runs on its battery, and how hot it is.
///
/// A missing reading is `nil`, never a made-up number.
package struct Sensors: Sendable {
    private let root: String
    private let graphics: GraphicsSensors?

    /// - Parameters:
    ///   - root: the directory of the kernel's `sysfs`; tests make their own.
    ///   - graphics: reads GPUs; `nil` reads none.
    package init(root: String = "/sys", graphics: GraphicsSensors? = GraphicsSensors()) {
        self.root = root
        self.graphics = graphics
    }

    /// Whether the machine runs on its battery; `nil` where it has no battery, or does not say.
    ///
    /// When external supplies report whether they are plugged in, they decide. Otherwise the machine runs on its
    /// battery while one is discharging. Batteries with the scope "Device", such as a mouse's, are not the machine's.
    package var isOnBattery: Bool? {
        var outside: [Bool] = []
        var discharging: [Bool] = []
        for supply in entries("class/power_supply") where TextFile.read(supply + "/scope") != "Device" {
            switch TextFile.read(supply + "/type") {
            case "Mains", "USB", "Wireless":
                if let online = TextFile.integer(supply + "/online") { outside.append(online != 0) }
            case "Battery":
                if let status = TextFile.read(supply + "/status") { discharging.append(status == "Discharging") }
            default: break
            }
        }
        guard !discharging.isEmpty else { return nil }
        if outside.contains(true) { return false }
        if !outside.isEmpty { return true }
        return discharging.contains(true)
    }

    /// Degrees Celsius of the hottest part of the processor; `nil` where no sensor tells.
    package var processor: Double? {
        let drivers: Set = ["k10temp", "zenpower", "coretemp", "cpu_thermal"]
        var degrees: [Double] = []
        for monitor in entries("class/hwmon") {
            guard let name = TextFile.read(monitor + "/name"), drivers.contains(name) else { continue }
            for number in 1...128 {
                // The numbers have gaps: a laptop numbers its core sensors by the cores' own numbers.
                if let reading = Self.degrees(TextFile.integer("\(monitor)/temp\(number)_input")) {
                    degrees.append(reading)
                }
            }
        }
        return degrees.max()
    }

    /// Degrees Celsius of the OpenCL device with this name; `nil` where no sensor tells, or where several devices have
    /// the name.
    package func graphics(named name: String) -> Double? { graphics?.temperature(of: name) }

    /// The highest temperature of all GPUs with a sensor.
    package var hottestGraphics: Double? { graphics?.hottest }

    /// Converts `hwmon`'s thousandths of a degree. A sensor that is not connected reads 0, less, or an impossible
    /// number.
    private static func degrees(_ thousandths: Int?) -> Double? {
        guard let thousandths, thousandths > 0, thousandths < 200_000 else { return nil }
        return Double(thousandths) / 1000
    }

    /// The full paths of a directory's entries; empty when there is no such directory.
    private func entries(_ directory: String) -> [String] {
        let path = "\(root)/\(directory)"
        guard let stream = opendir(path) else { return [] }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { tuple in
                tuple.withMemoryRebound(to: CChar.self, capacity: MemoryLayout.size(ofValue: entry.pointee.d_name)) {
                    String(cString: $0)
                }
            }
            if name != ".", name != ".." { names.append("\(path)/\(name)") }
        }
        return names.sorted()
    }
}
