import NightjarAlgorithms
import NightjarCPU
import NightjarCore
import NightjarDevices
import NightjarPlatform
import TestSupport
import Testing

/// Seeds come and go: what is made once, what stays where it is, and what waits. With small caches and datasets.
@Suite(.serialized, .timeLimit(.minutes(15))) struct RandomXEpochTests {
    private static func small(_ algorithm: Algorithm, dataset: UInt64 = 2 << 20) throws -> Algorithm {
        let small = try #require(algorithm.randomX).small(iterations: 64, cacheKiB: 256, dataset: dataset)
        return Algorithm(name: algorithm.name + "-small", parameters: small)
    }

    /// Runs `body` on a thread of its own, since planned lanes bind the thread that makes them.
    private func onThread(_ body: @escaping @Sendable () throws -> Void) throws {
        try PinnedThread(name: "lanes") { do { try body() } catch { Issue.record(error) } }.join()
    }

    private static func work(_ algorithm: Algorithm, seed: UInt8) throws -> Work {
        try Work(algorithm: algorithm, input: [UInt8](repeating: 3, count: 76), nonceOffset: 39, seed: [seed])
    }

    private static func lanes(_ backend: CPUBackend, _ algorithm: Algorithm, _ threads: Int) throws -> [any Lane] {
        try backend.plan(algorithm, on: .cpu, threads: threads, settles: true).lanes.map { try $0() }
    }

    private static func digests(_ lane: any Lane) throws -> [Digest] {
        try [Digest](unsafeUninitializedCapacity: 3) { buffer, count in
            buffer.initialize(repeating: Digest())
            try lane.digests(7..<10, into: buffer)
            count = 3
        }
    }

    /// Takes lanes to a seed, has them settle, and compares them with a light one.
    private static func settle(_ lanes: [any Lane], _ light: any Lane, _ work: Work) throws {
        try light.prepare(work)
        let expected = try digests(light)
        for lane in lanes { try lane.prepare(work) }
        for lane in lanes {
            #expect(try lane.settle(Settling()) == .settled)
            #expect(try digests(lane) == expected)
        }
    }

    @Test func eachSeedsDatasetLiesInTheSameMemory() throws {
        let algorithm = try Self.small(.rx0)
        try onThread {
            let backend = CPUBackend(pages: .plain)
            let light = try backend.lane(algorithm)
            let lanes = try Self.lanes(backend, algorithm, 2)
            var addresses: Set<[UInt]> = []
            for seed in 1...5 as ClosedRange<UInt8> {
                try Self.settle(lanes, light, try Self.work(algorithm, seed: seed))
                addresses.insert(backend.datasetAddresses)
                #expect(backend.datasetsBuilt == Int(seed))
                #expect(backend.cachesHeld <= 3)
            }
            #expect(addresses.count == 1 && addresses.first?.count == 1)
        }
    }

    /// A lane that still reads the old seed's dataset keeps others from writing over it.
    @Test func nothingIsWrittenUnderALaneThatReads() throws {
        let algorithm = try Self.small(.rx0)
        try onThread {
            let backend = CPUBackend(pages: .plain)
            let light = try backend.lane(algorithm)
            let lanes = try Self.lanes(backend, algorithm, 2)
            try Self.settle(lanes, light, try Self.work(algorithm, seed: 1))
            let expected = try Self.digests(lanes[0])
            try lanes[1].prepare(try Self.work(algorithm, seed: 2))
            guard case .deferred = try lanes[1].settle(Settling()) else {
                Issue.record("it was built")
                return
            }
            #expect(try Self.digests(lanes[0]) == expected)
            try Self.settle(lanes, light, try Self.work(algorithm, seed: 2))
        }
    }

    @Test func fillingIsGivenUpAndGoesOnWhereItStood() throws {
        // 1 M items, far more than a thread computes from one look at the flag to the next.
        let algorithm = try Self.small(.rx0, dataset: 64 << 20)
        try onThread {
            let backend = CPUBackend(pages: .plain)
            let lane = try #require(try Self.lanes(backend, algorithm, 1).first)
            let light = try backend.lane(algorithm)
            let work = try Self.work(algorithm, seed: 1)
            try lane.prepare(work)
            let told = Monitor<[Double]>([])
            let impatient = Settling(
                isCancelled: { told.withLock { ($0.last ?? 0) > 0 } },
                progress: { done in told.withLock { $0.append(done) } })
            #expect(try lane.settle(impatient) == .cancelled)
            let reached = told.withLock { $0.last ?? 0 }
            #expect(reached > 0 && reached < 1 && backend.datasetsBuilt == 0)
            // It hashes all the same.
            try light.prepare(work)
            #expect(try Self.digests(lane) == Self.digests(light))

            told.withLock { $0 = [] }
            #expect(try lane.settle(Settling(progress: { done in told.withLock { $0.append(done) } })) == .settled)
            let again = told.withLock { $0 }
            #expect(again.first ?? 0 >= reached && again.last == 1)
            #expect(try Self.digests(lane) == Self.digests(light))
            // Cancelled from the start, nothing is begun; what is there is there.
            try lane.prepare(try Self.work(algorithm, seed: 2))
            #expect(try lane.settle(Settling(isCancelled: { true })) == .cancelled)
            #expect(backend.datasetsBuilt == 1)
        }
    }

    @Test func aSeedThatComesBackFindsItsDatasetOrWaits() throws {
        let algorithm = try Self.small(.rx0)
        try onThread {
            let backend = CPUBackend(pages: .plain)
            let light = try backend.lane(algorithm)
            let lanes = try Self.lanes(backend, algorithm, 1)
            for seed in [1, 2] as [UInt8] { try Self.settle(lanes, light, try Self.work(algorithm, seed: seed)) }
            // The guess before a whole one was built is ten seconds, and these take none.
            let back = try Self.work(algorithm, seed: 1)
            try lanes[0].prepare(back)
            let asked = try lanes[0].settle(Settling())
            if case .deferred(let delay) = asked {
                #expect(delay > .zero)
                // Light meanwhile, and the other's dataset is still there.
                try light.prepare(back)
                #expect(try Self.digests(lanes[0]) == Self.digests(light))
                try Self.settle(lanes, light, try Self.work(algorithm, seed: 2))
                #expect(backend.datasetsBuilt == 2)
            } else {
                Issue.record("\(asked) at once")
            }
        }
    }

    /// rx/0 and rx/2 differ in their programs only.
    @Test func variantsShareWhatDoesNotDependOnTheirPrograms() throws {
        let (first, second) = (try Self.small(.rx0), try Self.small(.rx2))
        #expect(first.randomX?.expansion == second.randomX?.expansion && first.randomX != second.randomX)
        try onThread {
            let backend = CPUBackend(pages: .plain)
            let one = try Self.lanes(backend, first, 1)
            try Self.settle(one, try backend.lane(first), try Self.work(first, seed: 1))
            let two = try Self.lanes(backend, second, 1)
            try Self.settle(two, try backend.lane(second), try Self.work(second, seed: 1))
            #expect(backend.cachesMade == 1 && backend.datasetsBuilt == 1)
            withExtendedLifetime(one) {}
        }
    }

    @Test func onlyTheseTwoAreTheSame() throws {
        let expansions = Catalog.all.compactMap(\.randomX).map(\.expansion)
        #expect(Set(expansions).count == expansions.count - 1)
        #expect(Algorithm.rx0.randomX?.expansion == Algorithm.rx2.randomX?.expansion)
    }

    @Test func theNextSeedsCacheIsMadeAhead() throws {
        let algorithm = try Self.small(.rx0)
        try onThread {
            let backend = CPUBackend(pages: .plain)
            // For nobody: nothing would ever let go of it.
            backend.prepareAhead(algorithm, .seed([2]))
            #expect(backend.cachesMade == 0)
            let lane = try backend.lane(algorithm)
            try lane.prepare(try Self.work(algorithm, seed: 1))
            backend.prepareAhead(algorithm, .seed([2]))
            backend.prepareAhead(algorithm, .seed([2]))
            #expect(backend.cachesMade == 2)
            try lane.prepare(try Self.work(algorithm, seed: 2))
            #expect(backend.cachesMade == 2)
            backend.prepareAhead(.cn0, .seed([3]))
            #expect(backend.cachesMade == 2)
        }
    }

    /// The cache that a lane holds stays though others were asked for since.
    @Test func whatALaneHoldsGoesLast() throws {
        let algorithm = try Self.small(.rx0)
        let backend = CPUBackend(pages: .plain)
        let (mining, verifying) = (try backend.lane(algorithm), try backend.lane(algorithm))
        try mining.prepare(try Self.work(algorithm, seed: 1))
        for seed in 2...6 as ClosedRange<UInt8> { try verifying.prepare(try Self.work(algorithm, seed: seed)) }
        #expect(backend.seedsHeld.contains([1]) && backend.seedsHeld.contains([6]) && backend.cachesHeld == 3)
    }

    @Test func withoutMemoryForADatasetItIsLightAndSaysSo() throws {
        let algorithm = try Self.small(.rx0)
        try onThread {
            let backend = CPUBackend(pages: .plain, available: { 1 << 20 })
            let lane = try #require(try Self.lanes(backend, algorithm, 1).first)
            try lane.prepare(try Self.work(algorithm, seed: 1))
            for _ in 0..<2 {
                #expect(
                    try lane.settle(Settling())
                        == .refused(
                            reason:
                                "RandomX runs in light mode: not enough memory for a RandomX dataset: 4 MiB are needed, 1 MiB are available"
                        ))
            }
            // Memory is short, not hashes.
            let light = try backend.lane(algorithm)
            try light.prepare(try Self.work(algorithm, seed: 1))
            #expect(try Self.digests(lane) == Self.digests(light))
        }
    }

    @Test func interpretedProgramsAreLightAndSaySo() throws {
        let lane = try CPUBackend(implementation: .portable, pages: .plain).lane(try Self.small(.rx0))
        #expect(
            try lane.settle(Settling())
                == .refused(reason: "RandomX runs in light mode: its programs are not compiled"))
        #expect(try CPUBackend(pages: .plain).lane(.cn0).settle(Settling()) == .settled)
    }

    /// A plan keeps what the last one's lanes had, so that another algorithm takes over the memory.
    @Test func memoryOutlivesAChangeOfTheAlgorithm() throws {
        let (first, second) = (try Self.small(.rx0), try Self.small(.rxWow, dataset: 2 << 20))
        try onThread {
            let backend = CPUBackend(pages: .plain)
            var plans = [try backend.plan(first, on: .cpu, threads: 1, settles: true)]
            do {
                let lane = try plans[0].lanes[0]()
                try lane.prepare(try Self.work(first, seed: 1))
                #expect(try lane.settle(Settling()) == .settled)
            }
            let before = backend.datasetAddresses
            #expect(before.count == 1)
            plans.append(try backend.plan(second, on: .cpu, threads: 1, settles: true))
            plans.removeFirst()
            do {
                let lane = try plans[0].lanes[0]()
                try lane.prepare(try Self.work(second, seed: 1))
                #expect(try lane.settle(Settling()) == .settled)
            }
            #expect(backend.datasetAddresses == before)
            plans.append(try backend.plan(.cn0, on: .cpu, threads: 1))
            plans.removeFirst()
            #expect(backend.datasetAddresses.isEmpty && backend.cachesHeld == 0)
        }
    }
}

@Suite(.timeLimit(.minutes(10))) struct DatasetPolicyTests {
    private let start = ContinuousClock.now

    @Test func aNewSeedIsBuiltAtOnce() throws {
        var policy = DatasetPolicy<Int>()
        #expect(policy.delay(for: 1, now: start) <= .zero)
        policy.leave(1)
        #expect(policy.delay(for: 2, now: start) <= .zero)
        #expect(policy.delay(for: 3, now: start) <= .zero)
    }

    @Test func oneThatWasLeftWaitsAsLongAsBuildingTakes() throws {
        var policy = DatasetPolicy<Int>()
        policy.built(in: .seconds(12))
        _ = policy.delay(for: 1, now: start)
        policy.leave(1)
        _ = policy.delay(for: 2, now: start)
        #expect(policy.delay(for: 1, now: start + .seconds(100)) == .seconds(12))
        #expect(policy.delay(for: 1, now: start + .seconds(105)) == .seconds(7))
        // Gone again: it begins anew.
        _ = policy.delay(for: 2, now: start + .seconds(106))
        #expect(policy.delay(for: 1, now: start + .seconds(107)) == .seconds(12))
        #expect(policy.delay(for: 1, now: start + .seconds(119)) <= .zero)
    }

    @Test func onlySoManyAreRemembered() throws {
        var policy = DatasetPolicy<Int>()
        for seed in 0..<9 { policy.leave(seed) }
        #expect(policy.delay(for: 0, now: start) <= .zero)
        #expect(policy.delay(for: 1, now: start) > .zero)
    }
}
