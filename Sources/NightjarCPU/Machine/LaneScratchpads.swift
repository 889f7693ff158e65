import NightjarCore
import NightjarDevices
import NightjarPlatform

/// The scratchpads of a CPU lane, one for each hash at once.
package struct LaneScratchpads {
    /// Owns the memory; `nil` for an algorithm without scratchpads.
    private let pages: HugePages?
    /// All scratchpads, one after the other, 64-byte aligned.
    let memory: UnsafeMutableRawBufferPointer
    /// How many scratchpads there are; for an algorithm without scratchpads, how many hashes can be made at once.
    let count: Int

    /// - Parameters:
    ///   - bytes: the size of a scratchpad; `nil` for an algorithm without one.
    ///   - best: the best kind of pages to try.
    ///   - reserve: what to leave to verifiers; `nil` for a verifier's own.
    init(
        bytes: Int?, _ widths: CPUWidths, pages best: HugePages.Kind, reserve: PageReserve? = nil
    ) throws(NightjarError) {
        guard let bytes else {
            pages = nil
            memory = UnsafeMutableRawBufferPointer(start: nil, count: 0)
            count = widths.most
            return
        }
        do {
            let (most, count) =
                if let reserve {
                    try reserve.take { spare throws(MemoryError) in
                        try Self.pages(bytes, widths, best, most: Self.most(widths, bytes: bytes, best, spare: spare))
                    }
                } else {
                    try Self.pages(bytes, widths, best, most: widths.most)
                }
            pages = most
            memory = UnsafeMutableRawBufferPointer(rebasing: most.bytes[..<(count * bytes)])
            self.count = count
        } catch {
            throw NightjarError(device: .cpu, reason: error.reason, code: .memory)
        }
    }

    /// Pages for `most` scratchpads, or for fewer where these lie on larger pages.
    private static func pages(
        _ bytes: Int, _ widths: CPUWidths, _ best: HugePages.Kind, most count: Int
    ) throws(MemoryError) -> (HugePages, Int) {
        let most = try HugePages(size: count * bytes, best: best, purpose: "scratchpads")
        guard widths.prefersPages, most.kind > best else { return (most, count) }
        for fewer in widths.list.reversed() where fewer < count {
            let better = try HugePages(size: fewer * bytes, best: best, purpose: "scratchpads")
            if better.kind < most.kind { return (better, fewer) }
        }
        return (most, count)
    }

    /// How many scratchpads to try for.
    ///
    /// More than one make a lane a little faster, and a verifier needs its pages more. It needs them less than a lane needs
    /// its first.
    ///
    /// - Parameter spare: the huge pages that need not be left alone; `nil` where that is not known.
    package static func most(_ widths: CPUWidths, bytes: Int, _ best: HugePages.Kind, spare: Int?) -> Int {
        guard widths.prefersPages, best <= .reserved, let spare else { return widths.most }
        return widths.list.last { HugePages.pages($0 * bytes) <= spare } ?? widths.most
    }

    var kind: MemoryPages? { pages.map { MemoryPages($0.kind) } }

    /// The remark about their pages.
    var remarks: [String] {
        pages.map { ["\(count == 1 ? "the scratchpad is" : "scratchpads are") on \($0.kind.words)"] } ?? []
    }
}
