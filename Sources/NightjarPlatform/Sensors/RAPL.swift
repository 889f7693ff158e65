/// The processor's energy, by the kernel's powercap: Intel's RAPL, and AMD's counters under the same names.
package enum RAPL {
    /// The packages and, where it is counted apart, their memory.
    ///
    /// - Parameter root: the folder of `sysfs`.
    package static func energy(root: String = "/sys") -> DeviceEnergy {
        let folder = root + "/class/powercap"
        // Domains within a package have two numbers: intel-rapl:0:1. Those of intel-rapl-mmio are the same again.
        let domains = FolderListing.names(folder).filter { $0.hasPrefix("intel-rapl:") }
        var parts: [(path: String, name: String)] = []
        for domain in domains {
            let path = "\(folder)/\(domain)"
            guard let name = TextFile.read(path + "/name") else { continue }
            let isPackage = domain.split(separator: ":").count == 2 && name.hasPrefix("package")
            // Cores and graphics are in the package's number already, and psys is the whole machine's.
            if isPackage || name == "dram" { parts.append((path, name)) }
        }
        guard parts.contains(where: { $0.name.hasPrefix("package") }) else {
            return amdEnergy(root: root)
                ?? .unreadable(
                    "the kernel shows no energy of the processor, as in most virtual machines; "
                        + "--watts takes the reading of a wall meter")
        }
        let readable = parts.filter { reading($0.path, range: nil) != nil }
        guard readable.contains(where: { $0.name.hasPrefix("package") }) else {
            return .unreadable(
                "only root may read the processor's energy; 'sudo chmod a+r "
                    + "/sys/class/powercap/intel-rapl:*/energy_uj' lets all users read it until the next start "
                    + "(and watch others' work by it: CVE-2020-8694)")
        }
        return .inputs(
            readable.map { part in
                let range = TextFile.integer(part.path + "/max_energy_range_uj").flatMap { $0 > 0 ? $0 : nil }
                return EnergyInput(.rapl, part.name) { reading(part.path, range: range.map { Double($0) / 1e6 }) }
            })
    }

    private static func reading(_ path: String, range: Double?) -> EnergyReading? {
        guard let microjoules = TextFile.integer(path + "/energy_uj"), microjoules >= 0 else { return nil }
        return .joules(Double(microjoules) / 1e6, range: range)
    }

    /// The older driver for AMD's server processors.
    private static func amdEnergy(root: String) -> DeviceEnergy? {
        for monitor in FolderListing.names(root + "/class/hwmon") {
            let path = "\(root)/class/hwmon/\(monitor)"
            guard TextFile.read(path + "/name") == "amd_energy" else { continue }
            let sockets = FolderListing.names(path).filter { file in
                file.hasPrefix("energy") && file.hasSuffix("_label")
                    && TextFile.read("\(path)/\(file)")?.hasPrefix("Esocket") == true
            }
            let inputs = sockets.compactMap { label -> EnergyInput? in
                let file = "\(path)/\(label.dropLast("_label".count))_input"
                guard SysfsCard.joules(file) != nil else { return nil }
                return EnergyInput(.hwmon, TextFile.read("\(path)/\(label)") ?? "socket") { SysfsCard.joules(file) }
            }
            if !inputs.isEmpty { return .inputs(inputs) }
            return sockets.isEmpty
                ? nil : .unreadable("only root may read amd_energy's counters in \(path)")
        }
        return nil
    }
}
