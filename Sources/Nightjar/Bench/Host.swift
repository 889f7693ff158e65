import Glibc
import NightjarCPU
import NightjarPlatform

/// The machine that an engine runs on, as benchmarks report it.
package struct Host: Sendable, Hashable {
    /// The processor's name.
    package let cpu: String
    /// Processing units that this process may use.
    package let cores: Int
    /// The operating system's name and kernel.
    package let os: String
    /// Whether the system has set 2 MiB pages aside.
    package let hugePages: Bool

    /// This machine.
    package static var current: Host {
        Host(
            cpu: Processor.name, cores: CPUBackend().devices.first?.computeUnits ?? 1, os: system,
            hugePages: (TextFile.integer("/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages") ?? 0) > 0)
    }

    private static var system: String {
        let kernel = TextFile.read("/proc/sys/kernel/osrelease")
        let release = TextFile.read("/etc/os-release")?.split(separator: "\n").first { $0.hasPrefix("PRETTY_NAME=") }
        let name = release.map { $0.dropFirst("PRETTY_NAME=".count).filter { $0 != "\"" } }
        let fallback = "Linux"
        return [name.map { String($0) } ?? fallback, kernel.map { "(\($0))" }].compactMap { $0 }.joined(separator: " ")
    }
}
