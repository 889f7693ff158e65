import NightjarCPU
import NightjarCore
import NightjarPlatform
import Synchronization
import Testing

/// Huge pages for verifiers that begin after the lanes, on machines with so many free pages.
@Suite(.timeLimit(.minutes(5))) struct PageReserveTests {
    private static let page = HugePages.pageSize
    private static let widths = CPUWidths(1...4, prefersPages: true)

    @Test(arguments: [
        // Enough for all; for all but the verifiers; for fewer; for none beside the verifiers; no pages at all.
        (8, 4), (4, 4), (3, 3), (1, 1), (0, 4), (-1, 4),
    ])
    func aLaneLeavesTheVerifiersPages(_ spare: Int, _ most: Int) {
        #expect(LaneScratchpads.most(Self.widths, bytes: Self.page, .reserved, spare: spare) == most)
    }

    @Test func onlyWidthsThatMayBeFewerLeaveAny() {
        let fixed = CPUWidths(1...4)
        #expect(LaneScratchpads.most(fixed, bytes: Self.page, .reserved, spare: 1) == 4)
        #expect(LaneScratchpads.most(Self.widths, bytes: Self.page, .reserved, spare: nil) == 4)
        #expect(LaneScratchpads.most(Self.widths, bytes: Self.page, .plain, spare: 1) == 4)
        // Two scratchpads share a page.
        #expect(LaneScratchpads.most(Self.widths, bytes: Self.page / 2, .reserved, spare: 1) == 2)
    }

    /// What is held is told to lanes, and in the hint; it is released once, and at the latest with its object.
    @Test func roomIsHeldUntilItIsReleased() throws {
        let reserve = PageReserve(free: { 10 })
        let backend = CPUBackend(reserve: reserve)
        func spare() throws -> Int? { try reserve.take { $0 } }
        #expect(try spare() == 10)
        let most = Catalog.all.compactMap(\.parameters.scratchpad).max() ?? 0
        let pages = HugePages.pages(most)
        do {
            let (first, second) = (backend.roomForVerifier(), backend.roomForVerifier())
            #expect(try reserve.pages == 2 * pages && spare() == 10 - 2 * pages)
            first.release()
            first.release()
            #expect(reserve.pages == pages)
            withExtendedLifetime(second) {}
        }
        #expect(try spare() == 10)
        #expect(PageReserve(free: { nil }).pages == 0)
    }

    /// A lane that fails lets the next one take its pages.
    @Test func anErrorBlocksNoOther() throws {
        let reserve = PageReserve(free: { 3 })
        #expect(throws: MemoryError.self) {
            try reserve.take { _ throws(MemoryError) in throw MemoryError(reason: "none") }
        }
        #expect(try reserve.take { $0 } == 3)
    }
}
