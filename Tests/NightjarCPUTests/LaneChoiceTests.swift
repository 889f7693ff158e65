import NightjarCPU
import NightjarCore
import Testing

/// Which processing units get lanes, on machines that hwloc pretends.
@Suite(.timeLimit(.minutes(10))) struct LaneChoiceTests {
    private static let scratchpad = 2 << 20

    private func choice(
        _ synthetic: String, affinity: [Int]? = nil, threads: Int? = nil, quota: Double? = nil,
        scratchpad: Int = LaneChoiceTests.scratchpad, share: Double? = nil
    ) throws -> LaneChoice {
        var layout = try Topology(synthetic: synthetic, affinity: affinity).layout
        layout.quota = quota
        return LaneChoice(layout, scratchpad: scratchpad, threads: threads, share: share)
    }

    /// `-t 50%`: a part of what would be chosen, at least one lane, spread as the choice was.
    @Test(arguments: [(1.0, 8), (0.5, 4), (0.3, 2), (0.25, 2), (0.01, 1), (0.99, 7)]) func aPartOfTheLanes(
        _ share: Double, _ lanes: Int
    ) throws {
        let machine = "pack:2 l3:1(size=8388608) core:8 pu:1"
        #expect(try choice(machine).places.count == 8)
        let part = try choice(machine, share: share)
        #expect(part.places.count == lanes && part.explanation.hasPrefix("\(lanes) lane"))
        if lanes == 2 { #expect(part.places.map(\.core) == [0, 8], "one on each cache") }
        if lanes < 8 { #expect(part.explanation.contains("of 8 lanes, ")) }
        // A number counts, not a part of it.
        #expect(try choice(machine, threads: 5).places.count == 5)
    }

    @Test func oneLaneForEachCoreThatTheCacheFeeds() throws {
        let choice = try choice("pack:1 l3:1(size=33554432) l2:2(size=524288) core:1 pu:1")
        #expect(choice.places == [.init(core: 0, unit: 0), .init(core: 1, unit: 1)])
        #expect(
            choice.explanation
                == "2 lanes: 2 cores; 32 MiB of L3 and 1 MiB of L2 cache hold 16 scratchpads of 2 MiB; "
                + "pinned to core 0 (PU 0), core 1 (PU 1)")
    }

    @Test func smallCacheLeavesCoresIdleAndSpreadsTheLanes() throws {
        let choice = try choice("pack:1 l3:1(size=8388608) l2:16(size=262144) core:1 pu:1")
        // 8 MiB + 16 × 256 KiB = 12 MiB: 6 scratchpads for 16 cores.
        #expect(choice.places.map(\.core) == [0, 2, 5, 8, 10, 13])
        #expect(
            choice.explanation.hasPrefix(
                "6 lanes: 16 cores; 8 MiB of L3 and 4 MiB of L2 cache hold 6 scratchpads of 2 MiB; "
                    + "10 cores would only push scratchpads out to memory; pinned to core 0 (PU 0), core 2 (PU 2)"))
    }

    @Test func biggerScratchpadsGetFewerLanes() throws {
        let machine = "pack:1 l3:1(size=8388608) core:8 pu:1"
        #expect(try choice(machine, scratchpad: 1 << 20).places.count == 8)
        #expect(try choice(machine, scratchpad: 2 << 20).places.count == 4)
        #expect(try choice(machine, scratchpad: 4 << 20).places.count == 2)
        #expect(try choice(machine, scratchpad: (4 << 20) + 1).places.count == 1)
    }

    @Test func hardwareThreadsOfOneCoreShareALane() throws {
        let choice = try choice("pack:1 l3:1(size=33554432) core:4 pu:2")
        #expect(choice.places.map(\.unit) == [0, 2, 4, 6])
        #expect(
            choice.explanation.hasPrefix(
                "4 lanes: 4 cores with 8 processing units; 32 MiB of L3 cache holds 16 scratchpads"))
    }

    @Test func eachNodesCacheFeedsItsOwnCores() throws {
        let choice = try choice("pack:2 l3:1(size=4194304) core:4 pu:1")
        // Two scratchpads a package, not four on the first.
        #expect(choice.places.map(\.core) == [0, 2, 4, 6])
        #expect(choice.explanation.contains("8 MiB of L3 cache holds 4 scratchpads of 2 MiB; 4 cores would only push"))
    }

    @Test func affinityLimitsCoresAndTheirShareOfTheCache() throws {
        let choice = try choice("pack:1 l3:1(size=33554432) core:16 pu:1", affinity: [3, 7])
        #expect(choice.places == [.init(core: 3, unit: 3), .init(core: 7, unit: 7)])
        #expect(
            choice.explanation
                == "2 lanes: 2 of 16 cores may be used; 4 MiB of L3 cache holds 2 scratchpads of 2 MiB; "
                + "pinned to core 3 (PU 3), core 7 (PU 7)")
        // The other cores' work needs their share: 2 of 16 cores with 16 MiB get one scratchpad.
        #expect(try self.choice("pack:1 l3:1(size=16777216) core:16 pu:1", affinity: [3, 7]).places.count == 1)
    }

    @Test func secondHardwareThreadIsUsedWhereTheFirstMayNot() throws {
        let choice = try choice("pack:1 l3:1(size=33554432) core:2 pu:2", affinity: [1, 2, 3])
        #expect(choice.places == [.init(core: 0, unit: 1), .init(core: 1, unit: 2)])
    }

    @Test func noUsableUnitIsAnError() {
        #expect(throws: (any Error).self) { try Topology(synthetic: "pack:1 core:2 pu:1", affinity: [9]) }
    }

    @Test func badDescriptionIsAnErrorThatNamesTheCall() {
        do {
            _ = try Topology(synthetic: "nonsense", affinity: nil)
            Issue.record("a machine made of nonsense")
        } catch {
            #expect(error.reason.hasPrefix("hwloc_topology_set_synthetic: "))
        }
    }

    @Test func aTooSmallCacheStillGetsOneLane() throws {
        let choice = try choice("pack:1 l2:4(size=262144) core:1 pu:1")
        #expect(choice.places == [.init(core: 0, unit: 0)])
        #expect(
            choice.explanation
                == "1 lane: 4 cores; 1 MiB of L2 cache holds no scratchpad of 2 MiB; there is at least one lane; "
                + "pinned to core 0 (PU 0)")
    }

    @Test func unknownCachesGiveEachCoreALane() throws {
        let choice = try choice("pack:1 core:3 pu:1")
        #expect(choice.places.map(\.core) == [0, 1, 2])
        #expect(choice.explanation.hasPrefix("3 lanes: 3 cores; the sizes of the caches are not known; pinned"))
    }

    @Test func quotaLimitsLanes() throws {
        let machine = "pack:1 l3:1(size=33554432) core:8 pu:1"
        #expect(try choice(machine, quota: 2.5).places.count == 3)
        #expect(try choice(machine, quota: 2.5).explanation.contains("the control group allows the time of 2.5 units"))
        #expect(try choice(machine, quota: 0.1).places.count == 1)
        #expect(try choice(machine, quota: 8).places.count == 8)
    }

    @Test(arguments: 1...9)
    func threadsAreObeyedCoresFirst(_ threads: Int) throws {
        let choice = try choice("pack:1 l3:1(size=4194304) core:3 pu:2", threads: threads)
        let order = [0, 2, 4, 1, 3, 5]
        #expect(choice.places.map(\.unit) == (0..<threads).map { order[$0 % 6] })
        #expect(
            choice.explanation.hasPrefix("\(threads) lane\(threads == 1 ? "" : "s"): 3 cores with 6 processing units;"))
        #expect(choice.explanation.contains("; as asked"))
        #expect(choice.explanation.contains("though there are only 6 processing units") == (threads > 6))
    }
}
