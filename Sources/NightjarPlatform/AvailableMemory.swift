/// How much memory this process can still use before the system must kill a process.
package enum AvailableMemory {
    /// Bytes; `nil` where the system does not say.
    package static func current() -> Int? { bytes(read: TextFile.read) }

    /// The smallest limit: the machine's available memory, or what a control group still allows. In bytes.
    ///
    /// - Parameter read: gives a file's text, or `nil` when the file cannot be read.
    package static func bytes(read: (String) -> String?) -> Int? {
        var limits: [Int] = []
        if let kibibytes = field("MemAvailable:", of: read("/proc/meminfo")) { limits.append(kibibytes * 1024) }
        for line in (read("/proc/self/cgroup") ?? "").split(separator: "\n") {
            let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard fields.count == 3 else { continue }
            let isUnified = fields[1].isEmpty
            guard isUnified || fields[1].split(separator: ",").contains("memory") else { continue }
            let root = isUnified ? "/sys/fs/cgroup" : "/sys/fs/cgroup/memory"
            let names =
                isUnified ? ("memory.max", "memory.current") : ("memory.limit_in_bytes", "memory.usage_in_bytes")
            for group in CPUQuota.ancestry(String(fields[2])) {
                let directory = root + group + "/"
                // "max", and a number near 2⁶³ in version 1, mean none.
                guard let limit = read(directory + names.0).flatMap({ Int($0) }), limit < 1 << 60,
                    let used = read(directory + names.1).flatMap({ Int($0) })
                else { continue }
                // The kernel drops cached files when memory is short, so they count as available.
                let files = field("inactive_file", of: read(directory + "memory.stat")) ?? 0
                limits.append(limit - used + files)
            }
        }
        return limits.min()
    }

    /// The number after `name`, on the line that begins with `name`.
    private static func field(_ name: String, of text: String?) -> Int? {
        for line in (text ?? "").split(separator: "\n") {
            let words = line.split(separator: " ", omittingEmptySubsequences: true)
            if words.count >= 2, words[0] == name { return Int(words[1]) }
        }
        return nil
    }
}
