import Glibc

/// Zeroed memory on the largest pages that the system gives. It is freed with this object.
///
/// A scratchpad is read at random: on 4 KiB pages most accesses miss the translation buffer too, which costs up to half
/// the speed. Nothing here changes a setting of the system.
package final class HugePages {
    /// From the largest pages to the smallest.
    package enum Kind: Int, Sendable, Comparable, CaseIterable {
        /// 1 GiB pages from a pool that the system usually sets aside when it starts. The rest, which is less than 1
        /// GiB, lies on reserved 2 MiB pages.
        case gigantic
        /// 2 MiB pages from the pool that `vm.nr_hugepages` sets aside.
        case reserved
        /// 2 MiB pages that the kernel gives when it can.
        case transparent
        /// Pages of the usual size.
        case plain

        package static func < (a: Kind, b: Kind) -> Bool { a.rawValue < b.rawValue }

        /// In words that follow "on".
        package var words: String {
            switch self {
            case .gigantic: "huge pages of 1 GiB"
            case .reserved: "huge pages"
            case .transparent: "transparent huge pages"
            case .plain: "plain pages"
            }
        }
    }

    /// 2 MiB.
    package static let pageSize = 2 << 20

    /// The memory: aligned to 2 MiB, and at least as long as the caller asked for.
    package let bytes: UnsafeMutableRawBufferPointer
    package let kind: Kind

    /// - Parameters:
    ///   - size: bytes; rounded up to whole 2 MiB pages.
    ///   - best: the best kind to try; tests force the smaller ones.
    ///   - purpose: named in the error.
    ///   - available: bytes of ordinary memory that may be taken; `nil` means no limit. Give a limit for memory that
    ///     the program can do without: the kernel promises any amount, and kills the process when it cannot keep the
    ///     promise.
    ///   - bind: gets the memory before anything touches it, to choose its NUMA node.
    /// - Throws: ``MemoryError`` when the system does not even give plain pages.
    package init(
        size: Int, best: Kind = .reserved, purpose: String, available: () -> Int? = { nil },
        bind: (UnsafeMutableRawBufferPointer) -> Void = { _ in }
    ) throws(MemoryError) {
        let length = Self.pages(size) * Self.pageSize
        if best <= .gigantic, let start = Self.gigantic(length, bind) {
            bytes = UnsafeMutableRawBufferPointer(start: start, count: length)
            kind = .gigantic
            return
        }
        if best <= .reserved, let start = Self.reserved(nil, length, Self.hugeFlag, bind) {
            bytes = UnsafeMutableRawBufferPointer(start: start, count: length)
            kind = .reserved
            return
        }
        if let available = available(), available < length {
            throw MemoryError(
                reason:
                    "not enough memory for \(purpose): \(length >> 20) MiB are needed, \(max(0, available) >> 20) MiB are available"
            )
        }
        let start = try Self.aligned(length, purpose: purpose)
        bytes = UnsafeMutableRawBufferPointer(start: start, count: length)
        bind(bytes)
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

    /// The number of 2 MiB pages that `size` bytes need.
    package static func pages(_ size: Int) -> Int { (size + pageSize - 1) / pageSize }

    private static let directory = "/sys/kernel/mm/hugepages/hugepages-2048kB/"

    /// The free 2 MiB pages of the pool that the system has set aside; `nil` on a system without such pages.
    package static let free: @Sendable () -> Int? = { TextFile.integer(directory + "free_hugepages") }

    /// A line with the one command that sets aside enough pages for `needed` more; `nil` when enough are free.
    package static func hint(needed: Int) -> String? {
        hint(needed: needed, total: TextFile.integer(directory + "nr_hugepages"), free: free())
    }

    /// ``hint(needed:)`` with the system's numbers given; `nil` numbers mean a system without such pages.
    package static func hint(needed: Int, total: Int?, free: Int?) -> String? {
        guard let total, let free, free < needed else { return nil }
        return "\(free) of \(needed) huge pages are free; this command, as root, sets up the rest: "
            + "sysctl -w vm.nr_hugepages=\(total + needed - free)"
    }

    private static var transparentAllowed: Bool {
        guard let text = TextFile.read("/sys/kernel/mm/transparent_hugepage/enabled") else { return false }
        return !text.split(separator: " ").contains("[never]")
    }

    /// MAP_HUGETLB with the page size's base-2 logarithm. It is spelled out because Swift cannot see function-like
    /// macros.
    private static let hugeFlag = MAP_HUGETLB | (21 << 26)
    private static let giganticFlag = MAP_HUGETLB | (30 << 26)

    /// As many 1 GiB pages as fit, followed by 2 MiB pages; `nil` unless the system gives all of them.
    private static func gigantic(_ length: Int, _ bind: (UnsafeMutableRawBufferPointer) -> Void)
        -> UnsafeMutableRawPointer?
    {
        let page = 1 << 30
        let whole = length / page * page
        guard whole > 0 else { return nil }
        // Reserve the addresses first: both kinds must lie side by side, with nothing in between.
        let none = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE
        guard let range = mmap(nil, length + page, PROT_NONE, none, -1, 0), range != MAP_FAILED else { return nil }
        let lead = (page - Int(bitPattern: range) % page) % page
        let start = range + lead
        let parts = [(start, whole, giganticFlag), (start + whole, length - whole, hugeFlag)]
        for (part, bytes, flag) in parts where bytes > 0 && reserved(part, bytes, flag, bind) == nil {
            munmap(range, length + page)
            return nil
        }
        if lead > 0 { munmap(range, lead) }
        munmap(start + length, page - lead)
        return start
    }

    /// - Parameter place: the address to map at; `nil` lets the system choose.
    private static func reserved(
        _ place: UnsafeMutableRawPointer?, _ length: Int, _ huge: Int32,
        _ bind: (UnsafeMutableRawBufferPointer) -> Void
    ) -> UnsafeMutableRawPointer? {
        let flags = MAP_PRIVATE | MAP_ANONYMOUS | huge | (place == nil ? 0 : MAP_FIXED)
        guard let start = mmap(place, length, PROT_READ | PROT_WRITE, flags, -1, 0), start != MAP_FAILED else {
            return nil
        }
        bind(UnsafeMutableRawBufferPointer(start: start, count: length))
        // A control group may allow the mapping and refuse the pages, by a signal at the first touch.
        // MADV_POPULATE_WRITE (23, since Linux 5.14) turns that into an error; an older kernel answers EINVAL, and then
        // the mapping counts as good.
        if madvise(start, length, 23) != 0, errno != EINVAL {
            // The caller unmaps its own range as a whole. A hole in it could be taken by another thread's mapping.
            if place == nil { munmap(start, length) }
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
