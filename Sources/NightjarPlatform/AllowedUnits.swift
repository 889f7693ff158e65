/// The processing units that the system lets this process use, by the system's index.
package enum AllowedUnits {
    /// `nil` where the system does not tell.
    package static func current() -> Set<Int>? {
        for line in (TextFile.read("/proc/thread-self/status") ?? "").split(separator: "\n") {
            guard line.hasPrefix("Cpus_allowed_list:") else { continue }
            return units(line.dropFirst("Cpus_allowed_list:".count).filter { $0 != " " && $0 != "\t" })
        }
        return nil
    }

    /// Reads a list as the kernel writes it: `0-3,8`. `nil` for any other text.
    package static func units(_ list: some StringProtocol) -> Set<Int>? {
        var found: Set<Int> = []
        for part in list.split(separator: ",", omittingEmptySubsequences: false) {
            let ends = part.split(separator: "-", omittingEmptySubsequences: false).map { text in
                text.utf8.allSatisfy { (48...57).contains($0) } ? Int(text) : nil
            }
            guard ends.count <= 2, let first = ends.first ?? nil, let last = ends.last ?? nil, first <= last,
                last < 8192
            else { return nil }
            found.formUnion(first...last)
        }
        return found
    }
}
