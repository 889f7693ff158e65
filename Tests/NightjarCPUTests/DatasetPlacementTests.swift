import NightjarAlgorithms
import NightjarCPU
import NightjarCore
import NightjarDevices
import NightjarPlatform
import TestSupport
import Testing

/// Where datasets go on machines that hwloc pretends.
@Suite(.timeLimit(.minutes(10))) struct DatasetPlacementTests {
    private static let twoNodes = "pack:2 [numa(memory=4294967296)] l3:1(size=33554432) core:2 pu:1"
    private static let size = 2_181_038_016

    private func placement(
        _ synthetic: String, affinity: [Int]? = nil, available: ((ProcessorLayout.Node) -> Int)? = nil
    ) throws -> DatasetPlacement {
        let topology = try Topology(synthetic: synthetic, affinity: affinity)
        return DatasetPlacement(topology.layout, bytes: Self.size, available: available ?? topology.available(on:))
    }

    @Test func oneNodeHasOneDatasetAnywhere() throws {
        let placement = try placement("pack:1 [numa(memory=17179869184)] core:4 pu:2")
        #expect(placement == .single && placement.explanation == nil)
        #expect(placement.place(of: 3) == 0 && placement.place(of: nil) == 0)
    }

    @Test func eachNodeWithRoomHasItsOwn() throws {
        let placement = try placement(Self.twoNodes)
        #expect(placement.nodes == [0, 1] && placement.units == [[0, 1], [2, 3]])
        #expect((0..<4).map { placement.place(of: $0) } == [0, 0, 1, 1])
        #expect(placement.explanation == "a RandomX dataset on each of 2 NUMA nodes")
    }

    @Test func tooLittleOnTheNodesIsOneDatasetForAll() throws {
        #expect(try placement("pack:2 [numa(memory=2147483648)] core:2 pu:1") == .single)
        // Room on one of two only.
        #expect(try placement(Self.twoNodes) { $0.index == 1 ? Self.size : Self.size - 1 } == .single)
    }

    @Test func lanesBesideANodeWithoutRoomAreSpread() throws {
        let placement = try placement("pack:4 [numa(memory=4294967296)] core:2 pu:1") { $0.index == 2 ? 0 : Self.size }
        #expect(placement.nodes == [0, 1, 3] && placement.units == [[0, 1], [2, 3], [6, 7]])
        #expect([4, 5].map { placement.place(of: $0) } == [1, 2])
        #expect([0, 3, 7].map { placement.place(of: $0) } == [0, 1, 2])
    }

    @Test func nodesWithoutUnitsOfOursHaveNone() throws {
        #expect(try placement(Self.twoNodes, affinity: [0, 1]) == .single)
        let placement = try placement(Self.twoNodes, affinity: [1, 2])
        #expect(placement.nodes == [0, 1] && placement.units == [[1], [2]])
    }

    /// Lanes of two nodes: one dataset is computed and one copied, and all hash alike.
    @Test func datasetsOfAllNodesAreTheSame() throws {
        let parameters = try #require(Algorithm.rx0.randomX).small(iterations: 64, cacheKiB: 256)
        let algorithm = Algorithm(name: "rx/small", parameters: parameters)
        let topology = try Topology(synthetic: Self.twoNodes, affinity: nil)
        let thread = try PinnedThread(name: "lanes") {
            do {
                let backend = CPUBackend(pages: .plain, pretended: topology)
                let plan = try backend.plan(algorithm, on: .cpu, threads: 4, settles: true)
                #expect(plan.explanation.contains("a RandomX dataset on each of 2 NUMA nodes"))
                let light = try backend.lane(algorithm)
                let lanes = try plan.lanes.map { try $0() }
                var addresses: Set<[UInt]> = []
                for seed in [1, 2] as [UInt8] {
                    let work = try Work(algorithm: algorithm, input: [1, 2, 3, 4], nonceOffset: 0, seed: [seed])
                    for lane in lanes + [light] { try lane.prepare(work) }
                    for lane in lanes {
                        #expect(try lane.settle(Settling()) == .settled)
                        var candidates: (ours: [Candidate], theirs: [Candidate]) = ([], [])
                        for nonce in 5..<8 as Range<UInt64> {
                            try lane.scan(nonce..<nonce + 1, target: .easiest, audit: nil, into: &candidates.ours)
                            try light.scan(nonce..<nonce + 1, target: .easiest, audit: nil, into: &candidates.theirs)
                        }
                        #expect(candidates.ours == candidates.theirs && candidates.ours.count == 3)
                    }
                    addresses.insert(backend.datasetAddresses)
                    #expect(backend.datasetsBuilt == Int(seed))
                }
                #expect(addresses.count == 1 && Set(addresses.first ?? []).count == 2)
            } catch { Issue.record(error) }
        }
        thread.join()
    }
}
