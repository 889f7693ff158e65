import Nightjar
import NightjarCPU
import NightjarDevices
import NightjarPlatform
import TestSupport
import Testing

/// Mining on the CPU and on fake devices, with known outcomes and no clock.
// One after another: each keeps all cores busy, and together they would only wait for one another.
@Suite(.serialized, .timeLimit(.minutes(10))) struct MiningTests {
    private let cpu = CPUBackend()

    private func job(
        _ id: String, algorithm: Algorithm = .cn0, blob: UInt8 = 7, target: Target = .easiest,
        nonces: NonceSpace = .full
    ) throws -> Job {
        Job(
            name: id,
            work: try Work(
                algorithm: algorithm, input: [UInt8](repeating: blob, count: 76), nonceOffset: 39, height: 1),
            target: target, nonces: nonces)
    }

    private func engine(_ backends: [any Backend], threads: Int = 2) throws -> Engine {
        try Engine(threads: threads, backends: backends, verifier: cpu)
    }

    /// Collects events until `done` says so, and stops.
    private func collect(
        _ mining: Mining, until done: ([MiningEvent]) -> Bool
    ) async -> [MiningEvent] {
        var events: [MiningEvent] = []
        for await event in mining.events {
            events.append(event)
            if done(events) { break }
        }
        await mining.stop()
        for await event in mining.events { events.append(event) }
        return events
    }

    private func found(_ events: [MiningEvent]) -> [Share] {
        events.compactMap { if case .share(let share) = $0 { share } else { nil } }
    }

    private func expectTrue(_ shares: [Share]) async throws {
        let engine = try engine([cpu])
        for share in shares.prefix(8) {
            #expect(try await engine.digest(of: share.work.fixed(nonce: share.nonce), on: .cpu) == share.digest)
            #expect(share.target.isMet(by: share.digest))
        }
    }

    /// As the engine's documentation says: runs at once are allowed, and each finds its own.
    @Test func twoRunsAtOnceOnOneEngine() async throws {
        let engine = try engine([cpu, FakeBackend(.none, cpu: cpu)], threads: 1)
        func run(_ id: String, first: UInt8) async throws -> [Share] {
            var input = [UInt8](repeating: 0, count: 76)
            input[0] = first
            let mining = try engine.startMining()
            mining.setJob(
                try Job(name: id, work: Work(algorithm: .cnPico, input: input, nonceOffset: 39), target: .easiest))
            return found(await collect(mining) { found($0).count >= 4 })
        }
        async let first = run("a", first: 1)
        async let second = run("b", first: 2)
        for (shares, byte) in [(try await first, UInt8(1)), (try await second, UInt8(2))] {
            #expect(shares.count >= 4 && Set(shares.map(\.nonce)).count == shares.count)
            for share in shares { #expect(share.work.input(nonce: 0)[0] == byte) }
        }
        let bench = await engine.benchOutcome(.cnPico, on: .cpu, length: .hashes(4))
        #expect(bench.isVerified)
    }

    @Test func easyTargetYieldsVerifiedShares() async throws {
        let mining = try engine([cpu]).startMining()
        let job = try job("a", target: Target(difficulty: #require(Difficulty(2))))
        mining.setJob(job)
        let events = await collect(mining) { found($0).count >= 4 }
        #expect(events.first == .preparing(.cpu, algorithm: .cn0))
        guard case .ready(.cpu, let facts, let explanation) = events[1], facts.lanes == 2 else {
            Issue.record("\(events[1]) instead of ready")
            return
        }
        // It tells the units that its lanes are really bound to.
        #expect(!facts.units.isEmpty && facts.units.allSatisfy { explanation[0].contains("(PU \($0))") })
        #expect(explanation[0].hasPrefix("2 lanes: ") && explanation.contains { $0.hasPrefix("scratchpads are on ") })
        let shares = found(events)
        #expect(shares.allSatisfy { $0.jobID == job.id && $0.device == .cpu })
        #expect(Set(shares.map(\.nonce)).count == shares.count)
        try await expectTrue(shares)
        let counts = mining.hashCounts()
        #expect(counts.count == 1 && counts[0].device == .cpu)
        #expect(counts[0].hashes >= UInt64(shares.count))
    }

    /// All of a small range's nonces meet the easiest target, so that each must come up exactly once.
    @Test func everyNonceOnceOverLanesAndDevices() async throws {
        let fake = FakeBackend(.none, cpu: cpu, lanes: 2, batch: 3)
        let mining = try engine([cpu, fake]).startMining()
        mining.setJob(try job("a", nonces: NonceSpace(first: 1000, last: 1015)))
        let events = await collect(mining) { $0.contains(where: \.isExhausted) }
        let shares = found(events)
        #expect(shares.map(\.nonce).sorted() == Array(1000...1015))
        #expect(events.filter { $0.isExhausted }.count == 1)
        #expect(mining.hashCounts().reduce(0) { $0 + $1.hashes } == 16)
        try await expectTrue(shares)
    }

    @Test func newJobIsTakenUpWithinOneBatch() async throws {
        let fake = FakeBackend(.none, cpu: cpu, batch: 2)
        let mining = try engine([fake]).startMining()
        let (old, new) = (try job("old", blob: 1), try job("new", blob: 2))
        mining.setJob(old)
        // Posted from inside a batch: whatever the lane scans after that one must be the new job's.
        let before = try await eventually("two batches") {
            fake.scanned.withLock { $0.count >= 2 ? $0.count : nil }
        }
        mining.setJob(new)
        let posted = fake.scanned.withLock { $0.count }
        let events = await collect(mining) { events in found(events).contains { $0.jobID == new.id } }
        let inputs = fake.scanned.withLock { $0.map(\.input[0]) }
        #expect(before <= posted)
        // At most the batch that was being fetched while the job was posted.
        #expect(inputs[min(posted + 1, inputs.count)...].allSatisfy { $0 == 2 })
        #expect(inputs.contains(2))
        // What the old job found still says whose it is.
        #expect(found(events).allSatisfy { $0.jobID == ($0.jobID.name == "old" ? old : new).id })
        #expect(found(events).contains { $0.jobID == old.id })
    }

    @Test func sameBlobUnderANewNameGoesOnWhereItStood() async throws {
        let fake = FakeBackend(.none, cpu: cpu, lanes: 2)
        let mining = try engine([fake]).startMining()
        for turn in 0..<5 {
            mining.setJob(try job("\(turn)"))
            try await eventually("batches of turn \(turn)") { fake.scanned.withLock { $0.count } >= 3 * (turn + 1) }
            mining.setJob(nil)
        }
        await mining.stop()
        let ranges = fake.scanned.withLock { $0.map(\.nonces) }.sorted { $0.lowerBound < $1.lowerBound }
        #expect(ranges.first?.lowerBound == 0)
        for (a, b) in zip(ranges, ranges.dropFirst()) { #expect(a.upperBound == b.lowerBound) }
    }

    @Test func anotherRunGoesOnWhereTheLastOneStood() async throws {
        let fake = FakeBackend(.none, cpu: cpu, lanes: 2)
        let first = try engine([fake]).startMining()
        first.setJob(try job("a"))
        try await eventually("three batches") { fake.scanned.withLock { $0.count } >= 3 }
        await first.stop()
        let before = fake.scanned.withLock { $0.count }
        let second = try engine([fake]).startMining(after: [first])
        second.setJob(try job("a"))
        try await eventually("three more batches") { fake.scanned.withLock { $0.count } >= before + 3 }
        await second.stop()
        let ranges = fake.scanned.withLock { $0.map(\.nonces) }.sorted { $0.lowerBound < $1.lowerBound }
        #expect(ranges.first?.lowerBound == 0)
        for (a, b) in zip(ranges, ranges.dropFirst()) { #expect(a.upperBound == b.lowerBound) }
    }

    @Test func algorithmChangesWithTheJob() async throws {
        let mining = try engine([cpu]).startMining()
        mining.setJob(try job("a", algorithm: .cn0))
        var seen: [String] = []
        for await event in mining.events {
            switch event {
            case .preparing(_, let algorithm): seen.append("preparing \(algorithm)")
            case .share(let share) where share.jobID.name == "a" && !seen.contains("share a"):
                seen.append("share a")
                mining.setJob(try job("b", algorithm: .cnR))
            case .share(let share) where share.jobID.name == "b":
                seen.append("share b")
                try await expectTrue([share])
            case .share, .ready: break
            default: Issue.record("\(event)")
            }
            if seen.last == "share b" { break }
        }
        await mining.stop()
        #expect(seen == ["preparing cn/0", "share a", "preparing cn/r", "share b"])
    }

    /// Every share arrives though hardly any may wait, and the lanes are held back meanwhile.
    @Test func slowConsumerLosesNothing() async throws {
        let mining = try engine([cpu]).startMining(auditInterval: .seconds(3600), eventCapacity: 1)
        mining.setJob(try job("a", nonces: NonceSpace(first: 0, last: 11)))
        let events = await collect(mining) { $0.contains(where: \.isExhausted) }
        #expect(found(events).map(\.nonce).sorted() == Array(0...11))
    }

    @Test func runThatIsLetGoOfEnds() async throws {
        let fake = FakeBackend(.none, cpu: cpu, lanes: 2)
        weak var run: Mining?
        do {
            let mining = try engine([fake]).startMining()
            run = mining
            mining.setJob(try job("a"))
            try await eventually("a batch") { !fake.scanned.withLock { $0.isEmpty } }
        }
        #expect(run == nil)
        try await eventually("the end of \(fake.living.withLock { $0 }) lanes") { fake.living.withLock { $0 } == 0 }
        #expect((1...2).contains(fake.made.withLock { $0 }))
        // Lanes that are gone scan nothing more.
        let scanned = fake.scanned.withLock { $0.count }
        #expect(scanned > 0 && fake.scanned.withLock { $0.count } == scanned)
    }

    @Test func stopWithoutAConsumerReturns() async throws {
        let mining = try engine([cpu]).startMining(auditInterval: .seconds(3600), eventCapacity: 1)
        mining.setJob(try job("a"))
        async let first: Void = mining.stop()
        async let second: Void = mining.stop()
        _ = await (first, second)
        await mining.stop()
        mining.setJob(try job("b"))
        // What was found before the end is still there, and then the stream ends.
        for await event in mining.events { if case .failed = event { Issue.record("\(event)") } }
    }

    @Test(
        arguments: [
            (FakeBackend.Fault.wrongCandidates, .max, "it says "), (.boastfulDigests, 1, "it says "),
            (.missedTarget, 1, "does not meet the target"), (.foreignNonces, .max, "it was asked for "),
        ] as [(FakeBackend.Fault, UInt64, String)])
    func liesNeverBecomeShares(_ fault: FakeBackend.Fault, _ target: UInt64, _ reason: String) async throws {
        let fake = FakeBackend(fault, cpu: cpu)
        // Audits are not what catches these.
        let mining = try engine([fake]).startMining(auditInterval: .seconds(3600), eventCapacity: 100)
        mining.setJob(try job("a", target: #require(Target(cryptonote: target))))
        let events = await collect(mining) { events in
            events.filter {
                if case .wrongHash(FakeBackend.id, _, let why) = $0 { why.contains(reason) } else { false }
            }.count >= 4
        }
        #expect(found(events).isEmpty)
    }

    /// What a newer job has made worthless is reported, and not hashed: a lie about it is not even noticed.
    @Test func worthlessCandidatesAreReportedUnhashed() async throws {
        let fake = FakeBackend(.wrongCandidates, cpu: cpu)
        let mining = try engine([fake]).startMining(auditInterval: .seconds(3600), eventCapacity: 100)
        let job = try job("a", nonces: NonceSpace(first: 0, last: 5))
        mining.giveUp([job.id])
        mining.setJob(job)
        let events = await collect(mining) { $0.contains(where: \.isExhausted) }
        let stale = events.compactMap { if case .stale(let share) = $0 { share } else { nil } }
        #expect(stale.map(\.nonce).sorted() == Array(0...5) && stale.allSatisfy { $0.jobID == job.id })
        #expect(found(events).isEmpty)
        #expect(events.allSatisfy { if case .wrongHash = $0 { false } else { true } })
        #expect(mining.health().allSatisfy { $0.checked == 0 })
    }

    /// A share knows when its device handed it up.
    @Test func sharesKnowTheirTime() async throws {
        let began = ContinuousClock.now
        let mining = try engine([cpu]).startMining()
        mining.setJob(try job("a", nonces: NonceSpace(first: 0, last: 3)))
        let events = await collect(mining) { $0.contains(where: \.isExhausted) }
        let times = found(events).compactMap(\.foundAt)
        #expect(times.count == 4 && times.allSatisfy { (began...ContinuousClock.now).contains($0) })
    }

    @Test func oneNonceIsOneShare() async throws {
        let fake = FakeBackend(.twice, cpu: cpu)
        let mining = try engine([fake]).startMining(auditInterval: .seconds(3600), eventCapacity: 100)
        mining.setJob(try job("a", nonces: NonceSpace(first: 0, last: 5)))
        let events = await collect(mining) { $0.contains(where: \.isExhausted) }
        #expect(found(events).map(\.nonce).sorted() == Array(0...5))
        #expect(events.contains(.wrongHash(FakeBackend.id, nonce: 3, reason: "it was reported twice")))
    }

    @Test func auditHearsWhatADeviceKeepsToItself() async throws {
        let fake = FakeBackend(.wrongSilence, cpu: cpu)
        let mining = try engine([fake]).startMining(auditInterval: .zero, eventCapacity: 100)
        mining.setJob(try job("a", target: #require(Target(cryptonote: 1))))
        let events = await collect(mining) { events in
            events.contains {
                if case .wrongHash(FakeBackend.id, _, let reason) = $0 { reason.hasPrefix("it says ") } else { false }
            }
        }
        #expect(found(events).isEmpty)
    }

    @Test func auditPassesAnHonestDevice() async throws {
        let fake = FakeBackend(.none, cpu: cpu)
        let mining = try engine([fake]).startMining(auditInterval: .zero, eventCapacity: 100)
        mining.setJob(try job("a", target: #require(Target(cryptonote: 1)), nonces: NonceSpace(first: 0, last: 7)))
        let events = await collect(mining) { $0.contains(where: \.isExhausted) }
        #expect(events.allSatisfy { if case .wrongHash = $0 { false } else { true } })
        #expect(!events.contains { if case .failed = $0 { true } else { false } })
    }

    @Test(arguments: [
        (FakeBackend.Fault.wrongAnswers, "gives wrong hashes for cn/0"), (.emptySilence, "gave only 0 digests"),
        (.forgetfulSilence, "an audit of 2 hashes gave only 1 digests"),
        (.wrongChecksums, "the checksum of a hash is "),
        (.scanFails(after: 1), "it broke"), (.prepareFails, "out of fake memory"), (.planFails, "no plan today"),
    ])
    func failedDeviceLeavesTheOthersMining(_ fault: FakeBackend.Fault, _ reason: String) async throws {
        let fake = FakeBackend(fault, cpu: cpu, lanes: 2)
        let mining = try engine([cpu, fake], threads: 1).startMining(recovery: Recovery(pauses: []))
        mining.setJob(try job("a"))
        var failed: [String] = []
        var sharesAfter = 0
        for await event in mining.events {
            switch event {
            case .failed(let device, let reason):
                #expect(device == FakeBackend.id)
                failed.append(reason)
            case .share(let share) where !failed.isEmpty && share.device == .cpu: sharesAfter += 1
            default: break
            }
            if sharesAfter >= 3 { break }
        }
        await mining.stop()
        #expect(failed.count == 1)
        #expect(failed.first?.contains(reason) == true)
        // A device whose known answers are wrong never gets a nonce.
        if case .wrongAnswers = fault { #expect(fake.scanned.withLock { $0.isEmpty }) }
    }

    @Test func deviceThatCannotRunTheAlgorithmSaysSoAndComesBackWithTheNext() async throws {
        let fake = FakeBackend(.none, cpu: cpu)
        let mining = try engine([fake]).startMining()
        mining.setJob(
            Job(
                name: "rx",
                work: try Work(algorithm: .rx0, input: [UInt8](repeating: 0, count: 76), nonceOffset: 39, seed: [1]),
                target: .easiest))
        var reasons: [String] = []
        var hasShare = false
        for await event in mining.events {
            if case .failed(_, let reason) = event {
                reasons.append(reason)
                mining.setJob(try job("a"))
            }
            if case .share = event {
                hasShare = true
                break
            }
        }
        await mining.stop()
        #expect(reasons == ["\(FakeBackend.id) cannot run rx/0: it is a fake"])
        #expect(hasShare)
    }
}
