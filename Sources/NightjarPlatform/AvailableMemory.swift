/// How much memory this process can still touch without the system having to end somebody.
package enum AvailableMemory {
    /// In bytes; `nil` where the system does not say.
    package static func current() -> Int? { bytes(read: TextFile.read) }

    /// The least of what the machine has and what the control groups allow.
    ///
    /// - Parameter read: a file's text, or `nil`.
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
                // What only repeats files is given up when memory is short.
                let files = field("inactive_file", of: read(directory + "memory.stat")) ?? 0
                limits.append(limit - used + files)
            }
        }
        return limits.min()
    }

    /// The number behind a word at a line's beginning.
    private static func field(_ name: String, of text: String?) -> Int? {
        for line in (text ?? "").split(separator: "\n") {
            let words = line.split(separator: " ", omittingEmptySubsequences: true)
            if words.count >= 2, words[0] == name { return Int(words[1]) }
        }
        return nil
    }
}
