/// What the system says about itself that decides how fast it hashes. What cannot be read is `nil`; ``reasons`` says why.
package struct MachineConditions: Sendable {
    /// What the governor does on the processors: such as `performance`.
    package let governor: String?
    /// The hypervisor's name; `none` on bare metal.
    package let virtual: String?
    /// Pages that are set aside.
    package let hugePages2M: Int?
    package let hugePages1G: Int?
    /// `always`, `madvise` or `never`.
    package let transparentPages: String?
    /// Bytes.
    package let memory: UInt64?
    package let kernel: String?
    package let microcode: String?
    /// What the kernel does about each weakness of the processor, by name; `nil` where it does not tell.
    package let mitigations: [(name: String, state: String)]?
    /// Why a member is `nil`, by its name.
    package private(set) var reasons: [(name: String, reason: String)] = []

    /// - Parameter root: the folder above `/proc` and `/sys`; tests make their own.
    package init(root: String = "") {
        func read(_ path: String) -> String? { TextFile.read(root + path).flatMap { $0.isEmpty ? nil : $0 } }
        let info = (read("/proc/cpuinfo") ?? "").split(separator: "\n", omittingEmptySubsequences: false)
        func field(_ name: String) -> String? {
            for line in info where line.hasPrefix(name) {
                let parts = line.split(separator: ":", maxSplits: 1)
                guard parts.count == 2, parts[0].drop(while: { $0 != " " && $0 != "\t" }).allSatisfy(\.isWhitespace)
                else {
                    continue
                }
                return String(parts[1].drop(while: \.isWhitespace))
            }
            return nil
        }
        governor = Self.governors(root)
        virtual = Self.hypervisor(flags: field("flags"), read)
        let pages = "/sys/kernel/mm/hugepages/hugepages-"
        hugePages2M = read(pages + "2048kB/nr_hugepages").flatMap { Int($0) }
        hugePages1G = read(pages + "1048576kB/nr_hugepages").flatMap { Int($0) }
        transparentPages = read("/sys/kernel/mm/transparent_hugepage/enabled").flatMap { text in
            text.split(separator: " ").first { $0.hasPrefix("[") }.map { String($0.dropFirst().dropLast()) }
        }
        memory = (read("/proc/meminfo") ?? "").split(separator: "\n").first { $0.hasPrefix("MemTotal:") }.flatMap {
            line in
            let words = line.split(separator: " ")
            return words.count >= 2 ? UInt64(words[1]).map { $0 * 1024 } : nil
        }
        kernel = read("/proc/sys/kernel/osrelease")
        microcode = field("microcode")
        mitigations = Self.mitigations(root)
        note("governor", governor == nil, "the kernel has no cpufreq here, as in most virtual machines")
        note("virtual", virtual == nil, "the processor's flags do not tell")
        note(
            "hugePages", hugePages2M == nil && hugePages1G == nil && transparentPages == nil,
            "the kernel lists no huge pages")
        note("memory", memory == nil, "/proc/meminfo cannot be read")
        note("kernel", kernel == nil, "/proc/sys/kernel/osrelease cannot be read")
        note("microcode", microcode == nil, "/proc/cpuinfo does not tell")
        note("mitigations", mitigations == nil, "the kernel lists no weaknesses of the processor")
    }

    private mutating func note(_ name: String, _ isMissing: Bool, _ reason: String) {
        if isMissing { reasons.append((name, reason)) }
    }

    /// The governors of all processors, each once.
    private static func governors(_ root: String) -> String? {
        let folder = root + "/sys/devices/system/cpu"
        let names = FolderListing.names(folder).filter {
            $0.hasPrefix("cpu") && $0.dropFirst(3).allSatisfy(\.isNumber) && $0.count > 3
        }
        let governors = Set(names.compactMap { TextFile.read("\(folder)/\($0)/cpufreq/scaling_governor") })
        return governors.isEmpty ? nil : governors.sorted().joined(separator: ", ")
    }

    /// The flag `hypervisor` says whether there is one; its name is in the firmware's tables, or nowhere.
    private static func hypervisor(flags: String?, _ read: (String) -> String?) -> String? {
        guard let flags else { return nil }
        guard flags.split(separator: " ").contains("hypervisor") else { return "none" }
        let names = ["/sys/class/dmi/id/sys_vendor", "/sys/class/dmi/id/product_name"].compactMap(read)
        if !names.isEmpty { return names.joined(separator: " ") }
        return read("/sys/hypervisor/type") ?? "a hypervisor without a name"
    }

    private static func mitigations(_ root: String) -> [(name: String, state: String)]? {
        let folder = root + "/sys/devices/system/cpu/vulnerabilities"
        let list = FolderListing.names(folder).compactMap { name in
            TextFile.read("\(folder)/\(name)").map { (name: name, state: $0) }
        }
        return list.isEmpty ? nil : list
    }
}
