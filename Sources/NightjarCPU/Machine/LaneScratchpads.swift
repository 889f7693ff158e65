import NightjarCore
import NightjarDevices
import NightjarPlatform

/// The scratchpads of a CPU lane, one for each hash at once.
struct LaneScratchpads {
    /// Owns the memory; `nil` for an algorithm without scratchpads.
    private let pages: HugePages?
    /// All scratchpads, one after the other, 64-byte aligned.
    let memory: UnsafeMutableRawBufferPointer
    /// How many scratchpads there are; for an algorithm without scratchpads, how many hashes can be made at once.
    let count: Int

    /// - Parameters:
    ///   - bytes: the size of a scratchpad; `nil` for an algorithm without one.
    ///   - best: the best kind of pages to try.
    init(bytes: Int?, _ widths: CPUWidths, pages best: HugePages.Kind) throws(NightjarError) {
        var count = widths.most
        guard let bytes else {
            pages = nil
            memory = UnsafeMutableRawBufferPointer(start: nil, count: 0)
            self.count = count
            return
        }
        do {
            var most = try HugePages(size: count * bytes, best: best, purpose: "scratchpads")
            if widths.prefersPages, most.kind > best {
                for fewer in widths.list.dropLast().reversed() {
                    let better = try HugePages(size: fewer * bytes, best: best, purpose: "scratchpads")
                    guard better.kind < most.kind else { continue }
                    (most, count) = (better, fewer)
                    break
                }
            }
            pages = most
            memory = UnsafeMutableRawBufferPointer(rebasing: most.bytes[..<(count * bytes)])
            self.count = count
        } catch {
            throw NightjarError(device: .cpu, reason: error.reason, code: .memory)
        }
    }

    var kind: MemoryPages? { pages.map { MemoryPages($0.kind) } }

    /// The remark about their pages.
    var remarks: [String] {
        pages.map { ["\(count == 1 ? "the scratchpad is" : "scratchpads are") on \($0.kind.words)"] } ?? []
    }
}
