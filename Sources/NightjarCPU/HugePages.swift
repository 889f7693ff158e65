#if canImport(Glibc)
import Glibc
#endif

/// Zeroed memory on the largest pages that the system gives, returned to it at the end.
///
/// A scratchpad is read at random: on 4 KiB pages most accesses miss the translation buffer too, which costs up to half
/// the speed. Nothing here changes a setting of the system.
package final class HugePages {
    /// From the best to the least.
    package enum Kind: Int, Sendable, Comparable, CaseIterable {
        /// 2 MiB pages out of the pool that `vm.nr_hugepages` sets aside.
        case reserved
        /// 2 MiB pages asked of the kernel, which gives them as it can.
        case transparent
        /// Pages of the usual size.
        case plain

        package static func < (a: Kind, b: Kind) -> Bool { a.rawValue < b.rawValue }

        /// In words that follow "on".
        package var words: String {
            switch self {
            case .reserved: "huge pages"
            case .transparent: "transparent huge pages"
            case .plain: "plain pages"
            }
        }
    }

    /// 2 MiB.
    package static let pageSize = 2 << 20

    /// The memory, aligned to 2 MiB, at least as long as was asked for.
    package let bytes: UnsafeMutableRawBufferPointer
    package let kind: Kind

    /// - Parameters:
    ///   - size: bytes; rounded up to whole 2 MiB pages.
    ///   - best: the best kind to try for; tests force the lesser ones.
    ///   - purpose: named in the error.
    /// - Throws: ``MemoryError`` when there is not even plain memory.
    package init(size: Int, best: Kind = .reserved, purpose: String) throws(MemoryError) {
        let length = Self.pages(size) * Self.pageSize
        if best <= .reserved, let start = Self.reserved(length) {
            bytes = UnsafeMutableRawBufferPointer(start: start, count: length)
            kind = .reserved
            return
        }
        let start = try Self.aligned(length, purpose: purpose)
        bytes = UnsafeMutableRawBufferPointer(start: start, count: length)
        if best <= .transparent, Self.transparentAllowed, madvise(start, length, MADV_HUGEPAGE) == 0 {
            kind = .transparent
        } else {
            kind = .plain
        }
    }

    deinit {
        let result = munmap(bytes.baseAddress, bytes.count)
        assert(result == 0, "munmap: \(errorText(errno))")
    }

    /// 2 MiB pages that hold `size` bytes.
    package static func pages(_ size: Int) -> Int { (size + pageSize - 1) / pageSize }

    /// The one command that would set aside enough pages for `needed` more, or `nil` when enough are free.
    package static func hint(needed: Int) -> String? {
        let directory = "/sys/kernel/mm/hugepages/hugepages-2048kB/"
        return hint(
            needed: needed, total: TextFile.integer(directory + "nr_hugepages"),
            free: TextFile.integer(directory + "free_hugepages"))
    }

    /// ``hint(needed:)`` on given numbers; `nil` numbers mean a system that has no such pages.
    package static func hint(needed: Int, total: Int?, free: Int?) -> String? {
        guard let total, let free, free < needed else { return nil }
        return "\(free) of \(needed) huge pages are free; this command, as root, sets up the rest: "
            + "sysctl -w vm.nr_hugepages=\(total + needed - free)"
    }

    private static var transparentAllowed: Bool {
        guard let text = TextFile.read("/sys/kernel/mm/transparent_hugepage/enabled") else { return false }
        return !text.split(separator: " ").contains("[never]")
    }

    private static func reserved(_ length: Int) -> UnsafeMutableRawPointer? {
        // MAP_HUGETLB | MAP_HUGE_2MB: function-like macros do not reach Swift.
        let huge = MAP_HUGETLB | (21 << 26)
        guard let start = mmap(nil, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | huge, -1, 0),
            start != MAP_FAILED
        else { return nil }
        // A control group may allow the mapping and refuse the pages, by a signal at the first touch. MADV_POPULATE_WRITE
        // (23, since Linux 5.14) turns that into an error; a kernel that does not know it says EINVAL and is believed.
        if madvise(start, length, 23) != 0, errno != EINVAL {
            munmap(start, length)
            return nil
        }
        return start
    }

    /// Plain memory on a 2 MiB boundary, so that whole transparent pages fit.
    private static func aligned(_ length: Int, purpose: String) throws(MemoryError) -> UnsafeMutableRawPointer {
        let start = mmap(nil, length + pageSize, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        guard let start, start != MAP_FAILED else {
            throw MemoryError(reason: "mmap of \(length >> 20) MiB for \(purpose): \(errorText(errno))")
        }
        let lead = (pageSize - Int(bitPattern: start) % pageSize) % pageSize
        if lead > 0 { munmap(start, lead) }
        munmap(start + lead + length, pageSize - lead)
        return start + lead
    }
}

/// Memory that the system did not give. The reason is one line.
package struct MemoryError: Error, Sendable, Hashable, CustomStringConvertible {
    package let reason: String
    package var description: String { reason }
}

/// Small text files of `/proc` and `/sys`.
package enum TextFile {
    /// The file's text without the last line's end, at most 1 MiB of it; `nil` when it can't be read.
    package static func read(_ path: String) -> String? {
        guard let file = fopen(path, "re") else { return nil }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 4096)
        while bytes.count < 1 << 20 {
            let count = fread(&block, 1, block.count, file)
            if count == 0 { break }
            bytes.append(contentsOf: block[..<count])
        }
        if bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Writes a setting that is a convenience: a thread's name, which Swift's Glibc module has no call for.
    static func write(_ text: String, to path: String) {
        guard let file = fopen(path, "we") else { return }
        fputs(text, file)
        fclose(file)
    }

    package static func integer(_ path: String) -> Int? { read(path).flatMap { Int($0) } }
}
