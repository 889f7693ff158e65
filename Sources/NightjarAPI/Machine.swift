import CHashing
import Glibc
import NightjarCPU
import NightjarPlatform

/// Facts about this machine that do not change during a run.
package struct Machine: Sendable {
    var hostName = ""
    /// 16 hex digits that stay the same from run to run and reveal nothing about the machine.
    var id = ""
    var brand = ""
    package private(set) var family = 0
    package private(set) var model = 0
    package private(set) var stepping = 0
    package private(set) var flags: [String] = []
    /// Bytes of all caches of this level together.
    var l2 = 0
    var l3 = 0
    var cores = 0
    var threads = 0
    package private(set) var packages = 1
    var nodes = 1
    /// Bytes.
    var memory: UInt64 = 0

    package init() {}

    /// This machine, as the system describes it. Unknown facts stay 0 or empty.
    static func current() -> Machine {
        var machine = Machine()
        machine.hostName = nodeName()
        machine.id = identity(TextFile.read("/etc/machine-id") ?? machine.hostName)
        machine.brand = Processor.name
        machine.memory = Processor.memory
        machine.threads = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
        machine.cores = machine.threads
        machine.take(cpuinfo: TextFile.read("/proc/cpuinfo") ?? "")
        if let layout = try? Topology().layout {
            machine.cores = layout.totalCores
            machine.nodes = max(1, layout.nodes.count)
            machine.l2 = layout.caches.reduce(0) { $0 + ($1.level == 2 ? $1.bytes : 0) }
            machine.l3 = layout.caches.reduce(0) { $0 + ($1.level == 3 ? $1.bytes : 0) }
        }
        return machine
    }

    /// Reads the first processor's numbers from the text of `/proc/cpuinfo`, and counts the packages.
    package mutating func take(cpuinfo: String) {
        var packages: Set<Substring> = []
        var isFirst = true
        for line in cpuinfo.split(separator: "\n", omittingEmptySubsequences: false) {
            // An empty line ends a processor.
            if line.isEmpty { isFirst = false }
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2 else { continue }
            let name = parts[0].prefix { $0 != "\t" }
            let value = parts[1].drop { $0 == " " }
            if name == "physical id" { packages.insert(value) }
            guard isFirst else { continue }
            switch name {
            case "cpu family": family = Int(value) ?? 0
            case "model": model = Int(value) ?? 0
            case "stepping": stepping = Int(value) ?? 0
            case "flags":
                let names = Set(value.split(separator: " ").map(String.init))
                flags = Self.shownFlags.filter { names.contains($0.system) }.map(\.shown)
            default: break
            }
        }
        self.packages = max(1, packages.count)
    }

    /// The signature that CPUID gives for family, model and stepping (Intel SDM, CPUID, leaf 1, EAX).
    package var signature: Int {
        let base = min(family, 15)
        return (family - base) << 20 | (model >> 4) << 16 | base << 8 | (model & 15) << 4 | stepping
    }

    /// The flags that matter to a miner, with the system's names and the names in fleet tools.
    private static let shownFlags: [(system: String, shown: String)] = [
        ("aes", "aes"), ("vaes", "vaes"), ("avx", "avx"), ("avx2", "avx2"), ("avx512f", "avx512f"), ("bmi2", "bmi2"),
        ("pdpe1gb", "pdpe1gb"), ("sse2", "sse2"), ("ssse3", "ssse3"), ("sse4_1", "sse4.1"), ("xop", "xop"),
        ("popcnt", "popcnt"), ("hypervisor", "vm"),
    ]

    private static func nodeName() -> String {
        var buffer = [CChar](repeating: 0, count: 256)
        guard gethostname(&buffer, buffer.count - 1) == 0 else { return "" }
        return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// The identity is hashed, because machine-id(5) asks not to show it.
    private static func identity(_ text: String) -> String {
        let input = Array("nightjar api: \(text)".utf8)
        var hash = [UInt8](repeating: 0, count: 8)
        nj_blake2b_hash(&hash, hash.count, input, input.count)
        return hash.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }

    static let architecture: String = {
        #if arch(x86_64)
        "x86_64"
        #elseif arch(arm64)
        "arm64"
        #else
        "other"
        #endif
    }()

    static let system: String = {
        "Linux"
    }()
}
