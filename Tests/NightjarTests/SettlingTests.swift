import Nightjar
import NightjarCPU
import NightjarDevices
import NightjarPlatform
import TestSupport
import Testing

/// A device that hashes as the CPU does, and settles as a test says.
private final class SettlingBackend: Backend {
    typealias Settle = @Sendable (_ seed: UInt8, _ settling: Settling) -> Settlement

    let devices: [Device]
    /// Seeds that lanes were asked to settle on, in order, and what came of it.
    let asked = Monitor<[UInt8]>([])
    let answered = Monitor<[Settlement]>([])
    let foreseen = Monitor<[[UInt8]]>([])
    let foreseenHeights = Monitor<[UInt64]>([])
    /// What plans were asked for.
    let planned = Monitor<[Bool]>([])
    private let cpu: CPUBackend
    private let lanes: Int
    private let settle: Settle

    init(_ cpu: CPUBackend, lanes: Int = 1, settle: @escaping Settle) {
        self.cpu = cpu
        self.lanes = lanes
        self.settle = settle
        devices = [
            Device(
                id: FakeBackend.id, kind: .accelerator, name: "fake", platform: "fake", driver: "1", computeUnits: 1,
                memory: 1 << 30, fp64: false)
        ]
    }

    func support(for algorithm: Algorithm, on device: DeviceID) -> Support { .supported }

    func plan(_ algorithm: Algorithm, on device: DeviceID, threads: Int?) throws -> LanePlan {
        try plan(algorithm, on: device, threads: threads, settles: false)
    }

    func plan(_ algorithm: Algorithm, on device: DeviceID, threads: Int?, settles: Bool) throws -> LanePlan {
        planned.withLock { $0.append(settles) }
        return LanePlan(
            lanes: (0..<lanes).map { _ in { SettlingLane(try self.cpu.lane(algorithm), self) } },
            explanation: ["\(lanes)"])
    }

    func prepareAhead(_ algorithm: Algorithm, _ epoch: Epoch) {
        switch epoch {
        case .none: break
        case .seed(let seed): foreseen.change { $0.append(seed) }
        case .height(let height): foreseenHeights.change { $0.append(height) }
        }
    }

    fileprivate func settle(_ seed: UInt8, _ settling: Settling) -> Settlement {
        asked.change { $0.append(seed) }
        let settlement = settle(seed, settling)
        answered.change { $0.append(settlement) }
        return settlement
    }
}

private final class SettlingLane: Lane {
    let batch = 1
    private let inner: any Lane
    private let backend: SettlingBackend
    private var seed: UInt8 = 0

    init(_ inner: any Lane, _ backend: SettlingBackend) {
        self.inner = inner
        self.backend = backend
    }

    func prepare(_ work: Work) throws {
        seed = work.seed?.first ?? 0
        try inner.prepare(work)
    }

    func settle(_ settling: Settling) -> Settlement { backend.settle(seed, settling) }

    var mostCandidates: Int { batch }

    func scan(
        _ nonces: Range<UInt64>, target: Target, audit: Range<UInt64>?, into candidates: inout [Candidate]
    ) throws {
        try inner.scan(nonces, target: target, audit: audit, into: &candidates)
    }

    func checksum(_ nonces: Range<UInt64>) throws -> UInt64 { try inner.checksum(nonces) }

    func digests(_ nonces: Range<UInt64>, into digests: UnsafeMutableBufferPointer<Digest>) throws {
        try inner.digests(nonces, into: digests)
    }
}

/// When lanes settle, what ends it, and what is said of it.
@Suite(.serialized, .timeLimit(.minutes(10))) struct SettlingTests {
    private let cpu = CPUBackend()

    /// cn/0 takes no seed, and carries one all the same: quick hashes with epochs.
    private func job(_ id: String, seed: UInt8, next: UInt8? = nil) throws -> Job {
        Job(
            name: id,
            work: try Work(
                algorithm: .cn0, input: [UInt8](repeating: seed, count: 76), nonceOffset: 39, epoch: .seed([seed])),
            target: .easiest, nextEpoch: next.map { .seed([$0]) })
    }

    private func mining(_ backend: SettlingBackend, _ mode: RandomXMode = .automatic) throws -> Mining {
        try Engine(randomX: mode, backends: [backend], verifier: cpu).startMining()
    }

    private static func untilCancelled(_ settling: Settling) -> Settlement {
        while !settling.isCancelled() {}
        return .cancelled
    }

    private func firstShare(_ mining: Mining) async -> JobID? {
        for await event in mining.events { if case .share(let share) = event { return share.jobID } }
        return nil
    }

    @Test func stoppingEndsIt() async throws {
        let backend = SettlingBackend(cpu, lanes: 2) { Self.untilCancelled($1) }
        let mining = try mining(backend)
        mining.setJob(try job("a", seed: 1))
        try await eventually("a lane that settles") { backend.asked.withLock { $0.count == 2 } }
        await mining.stop()
        #expect(backend.answered.withLock { $0 } == [.cancelled, .cancelled])
        #expect(mining.hashCounts().allSatisfy { $0.hashes == 0 })
    }

    @Test func anotherSeedEndsItAndIsSettledOn() async throws {
        let backend = SettlingBackend(cpu) { seed, settling in seed == 1 ? Self.untilCancelled(settling) : .settled }
        let mining = try mining(backend)
        mining.setJob(try job("a", seed: 1))
        try await eventually("a lane that settles") { backend.asked.withLock { $0 == [1] } }
        let second = try job("b", seed: 2)
        mining.setJob(second)
        #expect(await firstShare(mining) == second.id)
        await mining.stop()
        #expect(backend.asked.withLock { $0 } == [1, 2])
        #expect(backend.answered.withLock { $0 } == [.cancelled, .settled])
    }

    @Test func anotherJobOfTheSameSeedDoesNotEndIt() async throws {
        let gate = Monitor(false)
        let cancelled = Monitor<[Bool]>([])
        let backend = SettlingBackend(cpu) { _, settling in
            gate.wait { $0 ? () : nil }
            cancelled.withLock { $0.append(settling.isCancelled()) }
            return .settled
        }
        let mining = try mining(backend)
        mining.setJob(try job("a", seed: 1))
        try await eventually("a lane that settles") { !backend.asked.withLock { $0.isEmpty } }
        // None at all for a while, as after a lost connection, is no reason either.
        mining.setJob(nil)
        let second = try job("b", seed: 1)
        mining.setJob(second)
        gate.change { $0 = true }
        #expect(await firstShare(mining) == second.id)
        await mining.stop()
        #expect(cancelled.withLock { $0.first } == false)
    }

    @Test func whatIsPutOffIsAskedForAgainWhileTheLaneWorks() async throws {
        let count = Monitor(0)
        let backend = SettlingBackend(cpu) { _, _ in
            count.change { count in
                count += 1
                return count < 3 ? .deferred(.zero) : .settled
            }
        }
        let mining = try mining(backend)
        mining.setJob(try job("a", seed: 1))
        try await eventually("a settlement") { backend.answered.withLock { $0.count == 3 } }
        #expect(await firstShare(mining) != nil)
        await mining.stop()
        #expect(backend.answered.withLock { $0 } == [.deferred(.zero), .deferred(.zero), .settled])
    }

    @Test func progressAndReasonsAreToldOnce() async throws {
        let backend = SettlingBackend(cpu, lanes: 2) { _, settling in
            for done in [0, 0, 0.5, 0.501, 1] { settling.progress(done) }
            return .refused(reason: "there is no room")
        }
        let mining = try mining(backend)
        mining.setJob(try job("a", seed: 1))
        try await eventually("a settlement") { backend.answered.withLock { $0.count == 2 } }
        mining.setJob(try job("b", seed: 1))
        try await eventually("a settlement") { backend.answered.withLock { $0.count == 4 } }
        await mining.stop()
        var percents: [Int] = []
        var reasons: [String] = []
        for await event in mining.events {
            if case .settling(FakeBackend.id, let percent) = event { percents.append(percent) }
            if case .slower(FakeBackend.id, let reason) = event { reasons.append(reason) }
        }
        #expect(reasons == ["there is no room"])
        #expect(percents.sorted() == [0, 50, 100].flatMap { [Int](repeating: $0, count: 4) })
    }

    @Test func theNextSeedIsMadeReadyForOnce() async throws {
        let backend = SettlingBackend(cpu, lanes: 2) { _, _ in .settled }
        let mining = try mining(backend)
        mining.setJob(try job("a", seed: 1, next: 2))
        try await eventually("a seed that is foreseen") { backend.foreseen.withLock { $0 == [[2]] } }
        mining.setJob(try job("b", seed: 1, next: 2))
        mining.setJob(try job("c", seed: 2, next: 2))
        mining.setJob(try job("d", seed: 2, next: 3))
        try await eventually("a seed that is foreseen") { backend.foreseen.withLock { $0.count == 2 } }
        await mining.stop()
        #expect(backend.foreseen.withLock { $0 } == [[2], [3]])
    }

    @Test func theNextHeightIsMadeReadyForOnce() async throws {
        let backend = SettlingBackend(cpu, lanes: 2) { _, _ in .settled }
        let mining = try mining(backend)
        func job(_ id: String, _ algorithm: Algorithm, _ height: UInt64) throws -> Job {
            let (length, nonceOffset) = algorithm.benchmarkInput
            return Job(
                name: id,
                work: try Work(
                    algorithm: algorithm, input: [UInt8](repeating: 1, count: length), nonceOffset: nonceOffset,
                    height: height),
                target: .easiest)
        }
        mining.setJob(try job("a", .cnR, 7))
        try await eventually("a height that is foreseen") { backend.foreseenHeights.withLock { $0 == [8] } }
        mining.setJob(try job("b", .cnR, 7))
        // No height comes after the last one; the others know none.
        mining.setJob(try job("c", .cnR, .max))
        mining.setJob(try job("d", .cn0, 9))
        mining.setJob(try job("e", .cnR, 8))
        try await eventually("a height that is foreseen") { backend.foreseenHeights.withLock { $0.count == 2 } }
        await mining.stop()
        #expect(backend.foreseenHeights.withLock { $0 } == [8, 9] && backend.foreseen.withLock { $0.isEmpty })
    }

    @Test func lightMiningNeverSettles() async throws {
        let backend = SettlingBackend(cpu) { _, _ in .settled }
        let mining = try mining(backend, .light)
        mining.setJob(try job("a", seed: 1))
        #expect(await firstShare(mining) != nil)
        await mining.stop()
        #expect(backend.asked.withLock { $0.isEmpty } && backend.planned.withLock { $0 } == [false])
    }

    @Test func aBenchmarkThatIsCancelledMeanwhileEnds() async throws {
        let backend = SettlingBackend(cpu) { Self.untilCancelled($1) }
        let engine = try Engine(randomX: .full, backends: [backend], verifier: cpu)
        let task = Task { await engine.benchOutcome(.cn0, on: FakeBackend.id, length: .hashes(1_000_000)) }
        try await eventually("a lane that settles") { !backend.asked.withLock { $0.isEmpty } }
        task.cancel()
        let result = await task.value
        #expect(result.error == .cancelled && result.hashrate == nil && result.hashes == 0)
    }

    @Test func fullModeIsForThoseWhoHashMuch() {
        let automatic = RandomXMode.automatic
        // As many light hashes as compute all of a dataset's items.
        for algorithm in [Algorithm.rx0, .rx2, .rxWow] {
            #expect(!automatic.settles(algorithm, hashes: 2079) && automatic.settles(algorithm, hashes: 2080))
        }
        #expect(!automatic.settles(.rxArq, hashes: 8319) && automatic.settles(.rxArq, hashes: 8320))
        #expect(automatic.settles(.rx0, hashes: .max) && automatic.settles(.rx0, hashes: nil))
        #expect(RandomXMode.full.settles(.rx0, hashes: 1) && !RandomXMode.light.settles(.rx0, hashes: nil))
    }
}
