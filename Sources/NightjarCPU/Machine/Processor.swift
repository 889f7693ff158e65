import Glibc
import NightjarPlatform

/// The host's processor and memory, as the system describes them.
package enum Processor {
    /// What the system tells of the first processing unit: the first value of each name, without needless blanks.
    private static let facts: [String: String] = {
        var facts: [String: String] = [:]
        for line in (TextFile.read("/proc/cpuinfo") ?? "").split(separator: "\n") {
            let parts = line.split(separator: ":", maxSplits: 1).map { part in
                part.split(whereSeparator: { $0 == " " || $0 == "\t" }).joined(separator: " ")
            }
            guard parts.count == 2, !parts[1].isEmpty, facts[parts[0]] == nil else { continue }
            facts[parts[0]] = parts[1]
        }
        return facts
    }()

    /// Its micro-architecture, as far as the table knows it.
    package static let kind = ProcessorKind.kind(
        vendor: facts["vendor_id"] ?? "", family: facts["cpu family"].flatMap { Int($0) } ?? -1,
        model: facts["model"].flatMap { Int($0) } ?? -1)

    /// The processor's name; the architecture's name where the system does not tell it.
    package static let name: String = {
        if let name = facts["model name"] { return name }
        #if arch(x86_64)
        return "x86-64 processor"
        #elseif arch(arm64)
        return "ARM64 processor"
        #else
        return "processor"
        #endif
    }()

    /// The machine's memory in bytes.
    package static let memory: UInt64 = {
        let pages = sysconf(Int32(_SC_PHYS_PAGES))
        let size = sysconf(Int32(_SC_PAGESIZE))
        return pages > 0 && size > 0 ? UInt64(pages) * UInt64(size) : 0
    }()
}
