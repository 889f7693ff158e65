import Glibc
import NightjarAlgorithms
import NightjarCPU
import NightjarCore
import NightjarDevices
import NightjarPlatform
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(15))) struct CPUBackendTests {
    @Test func deviceDescribesItself() throws {
        let backend = CPUBackend()
        let device = try #require(backend.devices.first)
        #expect(backend.devices.count == 1)
        #expect(device.id == .cpu && device.kind == .cpu && device.platform == "native" && device.fp64)
        #expect(!device.name.isEmpty && device.computeUnits >= 1 && device.memory > 1 << 28)
        #expect(CPUBackend(implementation: .portable).devices[0].driver == "portable C")
    }

    @Test func otherDevicesAreNotItsOwn() {
        let backend = CPUBackend()
        let other = DeviceID.opencl(platform: 0, device: 0)
        #expect(backend.support(for: .cn0, on: other) != .supported)
        #expect(throws: NightjarError.self) { try backend.plan(.cn0, on: other, threads: nil) }
        #expect(throws: NightjarError.self) { try backend.plan(.cn0, on: .cpu, threads: 0) }
    }

    @Test(arguments: [1, 2, 5])
    func threadsAreLanes(_ threads: Int) throws {
        let plan = try CPUBackend().plan(.cn0, on: .cpu, threads: threads)
        #expect(plan.lanes.count == threads)
        #expect(plan.explanation[0].contains("as asked"))
    }

    @Test(arguments: Catalog.all, Implementation.available)
    func lanesGiveKnownAnswers(_ algorithm: Algorithm, _ implementation: Implementation) throws {
        let lane = try CPUBackend(implementation: implementation).lane(algorithm)
        for answer in KnownAnswers.answers(for: algorithm) {
            try lane.prepare(answer.work)
            #expect(try digests(lane, 0..<1) == [answer.digest])
        }
    }

    /// `scan` and `digests` agree with hashing each input by itself, wherever the nonce stands and whatever was
    /// prepared before, in every place of a batch, whole or not.
    @Test(arguments: [Algorithm.cnPico, .cnLite1, .cnR], 1...CryptoNightHasher.widest)
    func scanPutsTheNonceWhereItBelongs(_ algorithm: Algorithm, _ width: Int) throws {
        let single = try CPUBackend().lane(algorithm)
        let lane = try CPUBackend().lane(algorithm, width: width)
        #expect(lane.batch == width)
        // A whole batch, one that is not, and more than one.
        for (offset, count) in [(0, width), (39, max(1, width - 1)), (72, width + 1)] {
            let input = (0..<76).map { UInt8($0 * 3 & 255) }
            let work = try Work(algorithm: algorithm, input: input, nonceOffset: offset, height: 1)
            let nonces: Range<UInt64> = 0xFEDC_BAFD..<(0xFEDC_BAFD + UInt64(count))
            var expected: [Digest] = []
            for nonce in nonces {
                try single.prepare(work.fixed(nonce: UInt32(nonce)))
                expected += try digests(single, 0..<1)
            }
            try lane.prepare(work)
            #expect(try digests(lane, nonces) == expected)

            var candidates: [Candidate] = []
            candidates.reserveCapacity(count)
            try lane.scan(nonces, target: .easiest, audit: nil, into: &candidates)
            #expect(candidates == zip(nonces, expected).map { Candidate(nonce: UInt32($0), digest: $1) })
            // Exactly the best of them meets a target one above its word.
            let best = try #require(zip(nonces, expected).min { $0.1.work < $1.1.work })
            candidates = []
            try lane.scan(
                nonces, target: try #require(Target(cryptonote: best.1.work + 1)), audit: nil, into: &candidates)
            #expect(candidates == [Candidate(nonce: UInt32(best.0), digest: best.1)])
            candidates = []
            try lane.scan(nonces, target: try #require(Target(cryptonote: best.1.work)), audit: nil, into: &candidates)
            #expect(candidates.isEmpty)
        }
    }

    /// CryptoNight-R's programs are compiled where they can be, and its lanes say so.
    @Test func randomMathLanesSayHowTheyRunPrograms() throws {
        let plain = try CPUBackend(implementation: .portable).lane(.cnR)
        #expect(plain.remarks.last == "programs are interpreted, as asked")
        #if arch(x86_64)
        if Implementation.best == .native {
            #expect(try CPUBackend().lane(.cnR).remarks.last == "programs are compiled")
        }
        #endif
    }

    /// A planned lane says that it compares widths, and hashes as others do.
    @Test func plannedLanesCompareWidths() throws {
        let plan = try CPUBackend().plan(.cnPico, on: .cpu, threads: 1)
        let answer = try #require(KnownAnswers.answers(for: .cnPico).first)
        let make = try #require(plan.lanes.first)
        let thread = try PinnedThread(name: "lane") {
            do {
                let lane = try make()
                #expect((1...CryptoNightHasher.widest).contains(lane.batch))
                let isChosen = plan.explanation.contains { $0.contains("take turns") }
                #expect(lane.remarks.contains { $0.contains(" at a time") } == isChosen)
                #expect(lane.isComparing == isChosen)
                try lane.prepare(answer.work)
                #expect(try self.digests(lane, 0..<1) == [answer.digest])
            } catch { Issue.record(error) }
        }
        thread.join()
    }

    @Test func lanesSayWhatTheyGot() throws {
        let lane = try CPUBackend(pages: .plain).lane(.cn0)
        #expect(lane.remarks == ["the scratchpad is on plain pages"])
    }

    @Test func randomXLanesSayHowTheyRunPrograms() throws {
        let plain = try CPUBackend(implementation: .portable).lane(.rx0)
        #expect(plain.remarks.last == "programs are interpreted, as asked")
        #if arch(x86_64)
        if Implementation.best == .native {
            #expect(try CPUBackend().lane(.rx0).remarks.last == "programs are compiled")
        }
        #endif
    }

    /// Two lanes of full mode over a change of key: they fill one dataset for each, and agree with light mode. The
    /// variant has a small dataset, so that this is quick.
    @Test func fullModeFollowsTheKey() throws {
        let parameters = try #require(Algorithm.rx0.randomX).small(iterations: 64, cacheKiB: 256)
        let algorithm = Algorithm(name: "rx/small", parameters: parameters)
        // Planned lanes pin the thread that makes them.
        let thread = try PinnedThread(name: "lanes") {
            do { try self.checkFullMode(algorithm) } catch { Issue.record(error) }
        }
        thread.join()
    }

    private func checkFullMode(_ algorithm: Algorithm) throws {
        let backend = CPUBackend(pages: .plain)
        let light = try backend.lane(algorithm)
        let lanes = try backend.plan(algorithm, on: .cpu, threads: 2).lanes.map { try $0() }
        for seed in [1, 1, 2, 1] as [UInt8] {
            let input = [UInt8](repeating: 3, count: 76)
            let work = try Work(algorithm: algorithm, input: input, nonceOffset: 39, seed: [seed])
            try light.prepare(work)
            let expected = try digests(light, 0..<3)
            for lane in lanes {
                try lane.prepare(work)
                #expect(try digests(lane, 0..<3) == expected)
            }
            for lane in lanes {
                #expect(try settledSoon(lane) == .settled)
                if Implementation.best == .native {
                    #expect(lane.remarks.contains("the RandomX dataset is on plain pages"))
                }
                #expect(try digests(lane, 0..<3) == expected)
            }
        }
        #expect(!light.remarks.contains { $0.contains("dataset") })
    }

    /// Asks until it is done: a seed that comes back gets its dataset only once it has stood for a while.
    private func settledSoon(_ lane: any Lane) throws -> Settlement {
        try eventuallyBlocking("a dataset") {
            let settlement = try lane.settle(Settling())
            if case .deferred = settlement { return nil }
            return settlement
        }
    }

    @Test func plannedLanesArePinned() throws {
        let topology = try Topology()
        let plan = try CPUBackend().plan(.cn0, on: .cpu, threads: topology.layout.units)
        let order = LaneChoice(topology.layout, scratchpad: 2 << 20, threads: topology.layout.units).places.map(\.unit)
        for (make, unit) in zip(plan.lanes, order) {
            let thread = try PinnedThread(name: "lane") {
                do {
                    let lane = try make()
                    #expect(lane.remarks.allSatisfy { !$0.contains("pinned") })
                    #expect(try topology.threadUnits() == [unit])
                } catch { Issue.record(error) }
            }
            thread.join()
        }
    }

    /// Lanes that want one seed make its cache once; a fourth seed pushes the oldest out; the last lane takes all
    /// along.
    @Test func cachesAreSharedAndNotKeptForever() throws {
        let backend = CPUBackend()
        func work(_ seed: UInt8) throws -> Work { try Work(algorithm: .rx0, input: [1], seed: [seed]) }
        let (first, second) = (try work(1), try work(2))
        let threads = try (0..<2).map { _ in
            try PinnedThread(name: "lane") {
                do {
                    let lane = try backend.lane(.rx0)
                    try lane.prepare(first)
                } catch { Issue.record(error) }
            }
        }
        // Holds the store's interest while the threads come and go.
        let lane = try backend.lane(.rx0)
        try lane.prepare(first)
        for thread in threads { thread.join() }
        #expect(backend.cachesMade == 1)
        try lane.prepare(second)
        try lane.prepare(first)
        #expect(backend.cachesMade == 2)
        #expect(backend.cachesHeld == 2)
        try lane.prepare(try work(3))
        #expect(backend.cachesMade == 3)
        #expect(backend.cachesHeld == 3)
        try lane.prepare(try work(4))
        #expect(backend.cachesMade == 4)
        #expect(backend.seedsHeld == [[1], [3], [4]])
    }

    @Test func lastLaneTakesTheCachesAlong() throws {
        let backend = CPUBackend()
        do {
            let lane = try backend.lane(.rx0)
            try lane.prepare(Work(algorithm: .rx0, input: [1], seed: [1]))
            #expect(backend.cachesHeld == 1)
        }
        #expect(backend.cachesHeld == 0)
    }

    private func digests(_ lane: any Lane, _ nonces: Range<UInt64>) throws -> [Digest] {
        try [Digest](unsafeUninitializedCapacity: nonces.count) { buffer, count in
            buffer.initialize(repeating: Digest())
            try lane.digests(nonces, into: buffer)
            count = nonces.count
        }
    }
}
