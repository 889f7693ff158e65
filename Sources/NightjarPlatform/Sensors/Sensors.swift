/// The machine's own readings: whether it runs on its battery, how hot its parts are, and what energy they take.
///
/// A missing reading is `nil`, never a made-up number.
package struct Sensors: Sendable {
    private let root: String
    private let nvml: NVML?
    private let cards: [SysfsCard]

    /// A device, as sensors know it.
    package enum Part: Sendable, Hashable, CustomStringConvertible {
        case processor
        /// - Parameters:
        ///   - address: `nil` where the driver does not tell.
        ///   - name: NVIDIA's library lists it under the same.
        case card(address: PCIAddress?, name: String)

        /// `processor`, or the card's place or name.
        package var description: String {
            switch self {
            case .processor: "processor"
            case .card(let address, let name): address?.description ?? name
            }
        }
    }

    /// - Parameters:
    ///   - root: the folder of the kernel's `sysfs`; tests make their own.
    ///   - nvml: reads NVIDIA's cards; `nil` reads none.
    package init(root: String = "/sys", nvml: NVML? = NVML()) {
        self.root = root
        self.nvml = nvml
        cards = SysfsCard.all(root: root)
    }

    /// Whether the machine runs on its battery; `nil` where it has no battery, or does not say.
    ///
    /// When external supplies report whether they are plugged in, they decide. Otherwise the machine runs on its
    /// battery while one is discharging. Batteries with the scope "Device", such as a mouse's, are not the machine's.
    package var isOnBattery: Bool? {
        var outside: [Bool] = []
        for supply in entries("class/power_supply") {
            switch TextFile.read(supply + "/type") {
            case "Mains", "USB", "Wireless":
                if TextFile.read(supply + "/scope") == "Device" { continue }
                if let online = TextFile.integer(supply + "/online") { outside.append(online != 0) }
            default: break
            }
        }
        let discharging = batteries.compactMap { TextFile.read($0 + "/status").map { $0 == "Discharging" } }
        guard !discharging.isEmpty else { return nil }
        if outside.contains(true) { return false }
        if !outside.isEmpty { return true }
        return discharging.contains(true)
    }

    private var batteries: [String] {
        entries("class/power_supply").filter {
            TextFile.read($0 + "/type") == "Battery" && TextFile.read($0 + "/scope") != "Device"
        }
    }

    /// Degrees Celsius of the hottest part of the processor; `nil` where no sensor tells.
    package var processor: Double? {
        let drivers: Set = ["k10temp", "zenpower", "coretemp", "cpu_thermal"]
        var degrees: [Double] = []
        for monitor in entries("class/hwmon") {
            guard let name = TextFile.read(monitor + "/name"), drivers.contains(name) else { continue }
            for number in 1...128 {
                // The numbers have gaps: a laptop numbers its core sensors by the cores' own numbers.
                if let reading = TextFile.integer("\(monitor)/temp\(number)_input").map({ Double($0) / 1000 }),
                    let possible = reading.possibleDegrees
                {
                    degrees.append(possible)
                }
            }
        }
        return degrees.max()
    }

    /// What a part's sensors show now. Of the processor, its temperature and its mean clock.
    package func readings(of part: Part) -> CardReadings {
        switch part {
        case .processor:
            var readings = CardReadings()
            readings.temperature = processor
            readings.clock = clock
            return readings
        case .card(let address, let name):
            if let nvml, let card = nvml.card(at: address, named: name) { return nvml.readings(card) }
            return card(at: address, named: name)?.readings ?? CardReadings()
        }
    }

    /// The highest temperature of all cards with a sensor.
    package var hottestGraphics: Double? {
        let all =
            (nvml?.cards.compactMap { nvml?.readings($0).temperature } ?? [])
            + cards.compactMap { $0.readings.temperature }
        return all.max()
    }

    /// Where the energy of a part is read, or why it can't be.
    package func energy(of part: Part) -> DeviceEnergy {
        switch part {
        case .processor:
            let counters = RAPL.energy(root: root)
            // Of a laptop that runs on its battery, the whole machine's is better than nothing.
            if counters.inputs.isEmpty, isOnBattery == true, !batteryInputs.isEmpty { return .inputs(batteryInputs) }
            return counters
        case .card(let address, let name):
            if let nvml, let card = nvml.card(at: address, named: name) {
                return nvml.energy(card).map { .inputs([$0]) }
                    ?? .unreadable("NVIDIA's library shows no power of this card")
            }
            if let card = card(at: address, named: name) {
                return card.energy.map { .inputs([$0]) }
                    ?? .unreadable("the driver \(card.driver) shows no power of this card, or not to this user")
            }
            if name.contains("NVIDIA"), nvml == nil {
                return .unreadable("libnvidia-ml.so.1, a part of NVIDIA's driver, is not there or lists no card")
            }
            return .unreadable("no driver shows the power of this card; --watts takes the reading of a wall meter")
        }
    }

    /// The power that flows out of each battery.
    private var batteryInputs: [EnergyInput] {
        batteries.compactMap { battery in
            guard Self.watts(ofBattery: battery) != nil else { return nil }
            return EnergyInput(.battery, "battery") { Self.watts(ofBattery: battery).map(EnergyReading.watts) }
        }
    }

    /// Batteries count power, or current and voltage. Some drivers give a current that flows out a minus. Nothing is known
    /// once the battery is being charged.
    private static func watts(ofBattery battery: String) -> Double? {
        guard TextFile.read(battery + "/status") == "Discharging" else { return nil }
        if let power = TextFile.integer(battery + "/power_now") { return (abs(Double(power)) / 1e6).possibleWatts }
        guard let current = TextFile.integer(battery + "/current_now"),
            let voltage = TextFile.integer(battery + "/voltage_now")
        else { return nil }
        return (abs(Double(current)) / 1e6 * Double(voltage) / 1e6).possibleWatts
    }

    /// The card at this place. Where the OpenCL driver does not tell the place, the only card whose driver fits its name.
    private func card(at address: PCIAddress?, named name: String) -> SysfsCard? {
        if let address { return cards.first { $0.address?.mayBe(address) == true } }
        let isIntel = name.contains("Intel")
        let fitting = name.contains("NVIDIA") ? [] : cards.filter { ($0.driver != "amdgpu") == isIntel }
        return fitting.count == 1 ? fitting[0] : nil
    }

    /// The mean of the processing units' clocks in MHz.
    private var clock: Double? {
        let folder = "devices/system/cpu"
        let clocks = entries(folder).compactMap { TextFile.integer($0 + "/cpufreq/scaling_cur_freq") }.filter { $0 > 0 }
        return clocks.isEmpty ? nil : Double(clocks.reduce(0, +)) / Double(clocks.count) / 1000
    }

    /// The full paths of a folder's entries; empty when there is no such folder.
    private func entries(_ folder: String) -> [String] {
        FolderListing.names("\(root)/\(folder)").map { "\(root)/\(folder)/\($0)" }
    }
}
