import NightjarPlatform

/// One mapping of a process's memory, as `/proc/PID/maps` has it.
package struct MemoryMapping: Sendable {
    package let addresses: Range<UInt>
    /// `r-xs`: what is allowed, and whether it is shared.
    package let mode: String
    /// The file's number; 0 for none.
    package let file: String

    /// The mappings of a process; `nil` means this one.
    package static func all(of process: Int32? = nil) -> [MemoryMapping] {
        let text = TextFile.read("/proc/\(process.map { "\($0)" } ?? "self")/maps") ?? ""
        return text.split(separator: "\n").compactMap { line in
            let fields = line.split(separator: " ")
            let ends = fields[0].split(separator: "-").compactMap { UInt($0, radix: 16) }
            guard fields.count > 4, ends.count == 2 else { return nil }
            return MemoryMapping(addresses: ends[0]..<ends[1], mode: String(fields[1]), file: String(fields[4]))
        }
    }
}
