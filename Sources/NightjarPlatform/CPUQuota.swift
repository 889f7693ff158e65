/// How much processor time the control group allows this process. hwloc knows cpusets, but not this limit.
package enum CPUQuota {
    /// The smallest limit from the process's group up to the root, in processing units (1.5 is one and a half); `nil`
    /// when there is no limit.
    package static func current() -> Double? {
        guard let membership = TextFile.read("/proc/self/cgroup") else { return nil }
        return limit(membership: membership, read: TextFile.read)
    }

    /// - Parameters:
    ///   - membership: the text of `/proc/self/cgroup`: a line `hierarchy:controllers:path` for each hierarchy.
    ///   - read: gives a file's text, or `nil` when the file cannot be read.
    package static func limit(membership: String, read: (String) -> String?) -> Double? {
        var limits: [Double] = []
        for line in membership.split(separator: "\n") {
            let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard fields.count == 3 else { continue }
            let isUnified = fields[1].isEmpty
            guard isUnified || fields[1].split(separator: ",").contains("cpu") else { continue }
            let root = isUnified ? "/sys/fs/cgroup" : "/sys/fs/cgroup/cpu"
            for group in ancestry(String(fields[2])) {
                if let limit = isUnified ? unified(root + group, read) : legacy(root + group, read) {
                    limits.append(limit)
                }
            }
        }
        return limits.min()
    }

    /// `/a/b` as `/a/b`, `/a`, and the root, which is empty.
    static func ancestry(_ path: String) -> [String] {
        var parts = path.split(separator: "/")
        var groups = [""]
        while !parts.isEmpty {
            groups.append("/" + parts.joined(separator: "/"))
            parts.removeLast()
        }
        return groups
    }

    /// Version 2: `cpu.max` holds "quota period" in microseconds, or "max period".
    private static func unified(_ group: String, _ read: (String) -> String?) -> Double? {
        let fields = read(group + "/cpu.max")?.split(separator: " ") ?? []
        guard fields.count == 2, let quota = Double(fields[0]), let period = Double(fields[1]), period > 0 else {
            return nil
        }
        return quota / period
    }

    /// Version 1: two files; a quota of -1 means none.
    private static func legacy(_ group: String, _ read: (String) -> String?) -> Double? {
        guard let quota = read(group + "/cpu.cfs_quota_us").flatMap({ Double($0) }), quota > 0,
            let period = read(group + "/cpu.cfs_period_us").flatMap({ Double($0) }), period > 0
        else { return nil }
        return quota / period
    }
}
