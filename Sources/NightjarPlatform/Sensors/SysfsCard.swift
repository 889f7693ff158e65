/// A graphics card whose driver in the kernel has a monitor: AMD's and Intel's.
package struct SysfsCard: Sendable {
    /// `nil` where it is not known.
    package let address: PCIAddress?
    /// `amdgpu`, `i915` or `xe`.
    package let driver: String
    /// The card's folder, and that of its device.
    private let card: String
    private let path: String
    private let monitors: [String]

    /// The cards of these drivers, in the order of their numbers in the kernel.
    ///
    /// - Parameter root: the folder of `sysfs`.
    package static func all(root: String = "/sys") -> [SysfsCard] {
        let folder = root + "/class/drm"
        // card0-DP-1 is a connector of card0.
        let cards = FolderListing.names(folder).filter {
            $0.hasPrefix("card") && $0.dropFirst(4).allSatisfy(\.isNumber)
        }
        return cards.compactMap { SysfsCard("\(folder)/\($0)") }
    }

    private init?(_ card: String) {
        let path = card + "/device"
        let folder = path + "/hwmon"
        let monitors = FolderListing.names(folder).map { "\(folder)/\($0)" }
        // i915 has more monitors for the tiles of large cards: i915_gt0.
        let names = monitors.compactMap { TextFile.read($0 + "/name") }
        guard let driver = ["amdgpu", "i915", "xe"].first(where: names.contains) else { return nil }
        self.card = card
        self.path = path
        self.driver = driver
        self.monitors = monitors.filter { TextFile.read($0 + "/name") == driver }
        let lines = (TextFile.read(path + "/uevent") ?? "").split(whereSeparator: \.isNewline)
        let slot = lines.first { $0.hasPrefix("PCI_SLOT_NAME=") }.map { $0.dropFirst("PCI_SLOT_NAME=".count) }
        address = slot.flatMap { PCIAddress($0) }
    }

    package var readings: CardReadings {
        var readings = CardReadings()
        readings.temperature = temperature("edge") ?? temperature("pkg") ?? first("temp1_input")?.degrees
        readings.hotSpot = temperature("junction")
        readings.memoryTemperature = temperature("mem") ?? temperature("vram")
        readings.watts = watts
        readings.powerLimit = (first("power1_cap") ?? first("power1_max"))?.micro.possibleWatts
        readings.clock = (first("freq1_input").map { Double($0) / 1e6 } ?? clock).flatMap { $0 > 0 ? $0 : nil }
        readings.memoryClock = first("freq2_input").map { Double($0) / 1e6 }.flatMap { $0 > 0 ? $0 : nil }
        readings.fanTurns = first("fan1_input").flatMap { $0 >= 0 ? Double($0) : nil }
        // 255 is full speed: the kernel's unit for it.
        readings.fan = first("pwm1").flatMap { (0...255).contains($0) ? Double($0) / 255 : nil }
        return readings
    }

    /// The counter where there is one, else the power.
    package var energy: EnergyInput? {
        if let file = counter { return EnergyInput(.hwmon, driver) { Self.joules(file) } }
        guard watts != nil else { return nil }
        return EnergyInput(.hwmon, driver) { watts.map(EnergyReading.watts) }
    }

    /// xe counts the card first and its package second; some cards have the second alone.
    private var counter: String? {
        for file in ["energy1_input", "energy2_input"] {
            if let found = monitors.lazy.map({ "\($0)/\(file)" }).first(where: { Self.joules($0) != nil }) {
                return found
            }
        }
        return nil
    }

    /// The average where the driver has one; else at this moment.
    private var watts: Double? { (first("power1_average") ?? first("power1_input"))?.micro.possibleWatts }

    /// i915's and xe's.
    private var clock: Double? {
        let files = [card + "/gt_act_freq_mhz", path + "/tile0/gt0/freq0/act_freq"]
        return files.lazy.compactMap { TextFile.integer($0) }.first.map(Double.init)
    }

    private func temperature(_ label: String) -> Double? {
        for monitor in monitors {
            for number in 1...8 where TextFile.read("\(monitor)/temp\(number)_label") == label {
                return TextFile.integer("\(monitor)/temp\(number)_input")?.degrees
            }
        }
        return nil
    }

    private func first(_ file: String) -> Int? { monitors.lazy.compactMap { TextFile.integer("\($0)/\(file)") }.first }

    static func joules(_ file: String) -> EnergyReading? {
        guard let microjoules = TextFile.integer(file), microjoules >= 0 else { return nil }
        return .joules(Double(microjoules) / 1e6, range: nil)
    }
}

extension Int {
    /// `hwmon`'s thousandths of a degree.
    fileprivate var degrees: Double? { (Double(self) / 1000).possibleDegrees }
    fileprivate var micro: Double { Double(self) / 1e6 }
}
