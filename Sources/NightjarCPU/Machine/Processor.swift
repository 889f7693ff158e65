import Glibc
import NightjarPlatform

/// The host's processor and memory, as the system describes them.
package enum Processor {
    /// The processor's name; the architecture's name where the system does not tell it.
    package static let name: String = {
        let lines = TextFile.read("/proc/cpuinfo")?.split(separator: "\n") ?? []
        for line in lines {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2, parts[0].hasPrefix("model name") else { continue }
            let words = parts[1].split(whereSeparator: { $0 == " " || $0 == "\t" })
            if !words.isEmpty { return words.joined(separator: " ") }
        }
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
