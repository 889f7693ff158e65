import Glibc
import NightjarCPU
import NightjarCore
import NightjarPlatform

/// What the machine says of itself: whether it runs on its battery, and how hot it is.
///
/// A reading that is not there is `nil`; nothing stands in for it.
package struct Sensors: Sendable {
    private let root: String
    private let graphics: GraphicsSensors?

    /// - Parameters:
    ///   - root: where the kernel's `sysfs` is; tests make their own.
    ///   - graphics: who knows of GPUs; `nil` for nobody.
    package init(root: String = "/sys", graphics: GraphicsSensors? = GraphicsSensors()) {
        self.root = root
        self.graphics = graphics
    }

    /// Whether the machine runs on its battery; `nil` where it has none, or does not say.
    ///
    /// A supply from outside that is there decides. Without any that can say so, a battery that is being discharged
    /// does. The batteries of mice and the like, whose scope is a device, are none of the machine's.
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

    /// Degrees Celsius of the hottest place in the processor; `nil` where nobody says.
    package var processor: Double? {
        let drivers: Set = ["k10temp", "zenpower", "coretemp", "cpu_thermal"]
        var degrees: [Double] = []
        for monitor in entries("class/hwmon") {
            guard let name = TextFile.read(monitor + "/name"), drivers.contains(name) else { continue }
            for number in 1...128 {
                // Numbers have gaps: a laptop's sensors for cores go by the cores' own numbers.
                if let reading = Self.degrees(TextFile.integer("\(monitor)/temp\(number)_input")) {
                    degrees.append(reading)
                }
            }
        }
        return degrees.max()
    }

    /// Degrees Celsius of an OpenCL device, by the name that it has there; `nil` where nobody says, or where several of
    /// that name cannot be told apart.
    package func graphics(named name: String) -> Double? { graphics?.temperature(of: name) }

    /// The hottest of all GPUs that somebody knows of.
    package var hottestGraphics: Double? { graphics?.hottest }

    /// Thousandths of a degree, as `hwmon` has them. A sensor that is not wired says 0 or less, or something wild.
    private static func degrees(_ thousandths: Int?) -> Double? {
        guard let thousandths, thousandths > 0, thousandths < 200_000 else { return nil }
        return Double(thousandths) / 1000
    }

    /// Full paths of what lies in a directory; nothing where there is none.
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
