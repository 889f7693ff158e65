import CHashing
import Glibc
import NightjarCPU
import NightjarPlatform

/// The present resources of the machine and of this process.
struct Resources: Sendable {
    /// Bytes that programs can still take; `nil` where the system does not say.
    var free: UInt64?
    /// This process's resident bytes.
    var resident: UInt64?
    /// The load averages over 1, 5 and 15 minutes.
    var load: [Double] = []
    /// The reserved 2 MiB pages that this process has.
    var hugePages: Int = 0

    static func current() -> Resources {
        var resources = Resources()
        resources.free = AvailableMemory.current().map { UInt64(max(0, $0)) }
        let status = TextFile.read("/proc/self/status") ?? ""
        resources.resident = kilobytes("VmRSS:", in: status).map { $0 << 10 }
        resources.hugePages = Int(kilobytes("HugetlbPages:", in: status) ?? 0) >> 11
        var load = [Double](repeating: 0, count: 3)
        if getloadavg(&load, 3) == 3 { resources.load = load.map { ($0 * 100).rounded() / 100 } }
        return resources
    }

    /// The number on the line of `/proc/self/status` that begins with `name`.
    private static func kilobytes(_ name: String, in status: String) -> UInt64? {
        guard let line = status.split(separator: "\n").first(where: { $0.hasPrefix(name) }) else { return nil }
        let words = line.dropFirst(name.count).split(whereSeparator: { $0 == " " || $0 == "\t" })
        return words.first.flatMap { UInt64($0) }.flatMap { $0 < 1 << 50 ? $0 : nil }
    }
}
