import Nightjar
import NightjarCore
import NightjarMiner
import NightjarPlatform
import NightjarWire
import Synchronization
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5))) struct MinerTests {
    /// Answers by the nonce: each of the four fates in turn.
    static let fates: @Sendable (Share) async -> ShareOutcome = { share in
        switch share.nonce % 4 {
        case 0: .accepted
        case 1: .rejected(reason: "Low difficulty share")
        case 2: .stale(reason: "Block expired")
        default: .expired(reason: "no answer in 30 s")
        }
    }

    static func limits(shares: Int? = nil, duration: Duration? = nil) -> Miner.Limits {
        var limits = Miner.Limits()
        limits.shares = shares
        limits.duration = duration
        return limits
    }

    @Test func everyShareEndsAndTheSumsAgree() async throws {
        let hashing = FakeHashing()
        let upstream = FakeUpstream([.connected(pool: "fake:1"), .job(job("a"))], answer: Self.fates)
        let ledger = try ShareLedger.inMemory()
        let reporter = FakeReporter()
        // Once: the miner sets the job again when shares came to nothing.
        let hasFound = Locked(false)
        hashing.onJob { job, hashing in
            guard let job,
                !hasFound.withLock({ value in
                    defer { value = true }
                    return value
                })
            else { return }
            hashing.find(0..<100, job)
        }
        let miner = Miner(
            hashing: hashing, devices: [.cpu], upstream: upstream, ledger: ledger, reporter: reporter,
            limits: Self.limits(shares: 50))
        let outcome = await miner.run()

        #expect(outcome.end == .shares && outcome.hadJob)
        let summary = outcome.summary
        #expect(summary.found == 100 && summary.accepted == 25 && summary.rejected == 25)
        #expect(summary.stale == 25 && summary.expired == 25 && summary.unaccounted == 0)
        #expect(summary.hashes == 1000)
        #expect(try ledger.counts() == [.accepted: 25, .rejected: 25, .stale: 25, .expired: 25])
        #expect(reporter.events.last == .summary(summary))
        #expect(hashing.stopped == 1)

        // Each share went through its states in order, and the pool's words are kept verbatim.
        for (id, reports) in Dictionary(grouping: reporter.shares, by: \.id) {
            #expect(reports.map(\.state).prefix(2) == [.found, .submitted] && reports.count == 3, "share \(id)")
            #expect(reports[2].state.isFinal)
        }
        #expect(
            Set(try ledger.entries().compactMap(\.reason)) == [
                "Low difficulty share", "Block expired", "no answer in 30 s",
            ])
    }

    @Test func aShareIsWrittenBeforeItIsSubmitted() async throws {
        let hashing = FakeHashing()
        let ledger = try ShareLedger.inMemory()
        let seen = Locked<[ShareState?]>([])
        let upstream = FakeUpstream([.connected(pool: "fake:1"), .job(job("a"))]) { share in
            let state = try? ledger.entries().first { $0.nonce == share.nonce }?.state
            seen.withLock { $0.append(state) }
            return .accepted
        }
        hashing.onJob { job, hashing in if let job { hashing.find(5..<8, job) } }
        let outcome = await Miner(
            hashing: hashing, devices: [.cpu], upstream: upstream, ledger: ledger, reporter: FakeReporter(),
            limits: Self.limits(shares: 3)
        ).run()
        #expect(outcome.summary.accepted == 3)
        #expect(seen.withLock { $0 } == [.submitted, .submitted, .submitted])
    }

    @Test func whatTheVerifierStillHadIsSentAndSilenceExpires() async throws {
        let hashing = FakeHashing()
        let upstream = FakeUpstream([.connected(pool: "fake:1"), .job(job("a"))]) { share in
            guard share.nonce < 100 else { return .accepted }
            // Never answers, until it is cancelled.
            try? await Task.sleep(for: .seconds(3600))
            return .accepted
        }
        let ledger = try ShareLedger.inMemory()
        let held = Locked<Miner?>(nil)
        let reporter = FakeReporter { event in
            guard case .share(let share) = event, share.state == .submitted, share.id == 2 else { return }
            let miner = held.withLock { $0 }
            Task { await miner?.stop(.signal(2)) }
        }
        hashing.onJob { job, hashing in if let job { hashing.find(0..<2, job) } }
        hashing.onStop { $0.find(100..<103, job("a").job) }
        var limits = Miner.Limits()
        limits.answerGrace = .milliseconds(200)
        let miner = Miner(
            hashing: hashing, devices: [.cpu], upstream: upstream, ledger: ledger, reporter: reporter, limits: limits)
        held.withLock { $0 = miner }
        let outcome = await miner.run()
        #expect(outcome.end == .signal(2))
        let summary = outcome.summary
        #expect(summary.found == 5 && summary.accepted == 3 && summary.expired == 2 && summary.unaccounted == 0)
        #expect(try ledger.counts() == [.accepted: 3, .expired: 2])
        #expect(reporter.events.last == .summary(summary))
    }

    @Test func lanesThatDoNotEndAreLeft() async throws {
        let hashing = FakeHashing()
        hashing.hang(true)
        let reporter = FakeReporter()
        var limits = Self.limits(duration: .milliseconds(50))
        limits.laneGrace = .milliseconds(50)
        weak var running: Miner?
        let outcome: Miner.Outcome
        do {
            let miner = Miner(
                hashing: hashing, devices: [.cpu],
                upstream: FakeUpstream([.connected(pool: "fake:1"), .job(job("a"))]),
                ledger: try .inMemory(), reporter: reporter, limits: limits)
            running = miner
            outcome = await miner.run()
        }
        #expect(outcome.end == .duration && hashing.stopped == 1)
        // What they find after that is not reported any more. The miner reads until the lanes have ended, and is let go
        // of when it has taken everything: by then it would have been reported.
        #expect(running != nil, "it still reads what the lanes find")
        hashing.find(0..<1, job("a").job)
        hashing.hang(false)
        try await eventually("the end of all that the miner does") { running == nil }
        #expect(reporter.events.last == .summary(outcome.summary) && reporter.shares.isEmpty)
    }

    @Test func hasteWaitsForNoAnswers() async throws {
        let hashing = FakeHashing()
        let upstream = FakeUpstream([.connected(pool: "fake:1"), .job(job("a"))]) { _ in
            try? await Task.sleep(for: .seconds(3600))
            return .accepted
        }
        let held = Locked<Miner?>(nil)
        let reporter = FakeReporter { event in
            guard case .share(let share) = event, share.state == .submitted, share.id == 2 else { return }
            let miner = held.withLock { $0 }
            Task {
                await miner?.stop(.signal(15))
                await miner?.hurry()
            }
        }
        hashing.onJob { job, hashing in if let job { hashing.find(0..<2, job) } }
        var limits = Miner.Limits()
        limits.answerGrace = .seconds(3600)
        let miner = Miner(
            hashing: hashing, devices: [.cpu], upstream: upstream, ledger: try .inMemory(), reporter: reporter,
            limits: limits)
        held.withLock { $0 = miner }
        let outcome = await miner.run()
        #expect(outcome.end == .signal(15) && outcome.summary.found == 2 && outcome.summary.expired == 2)
        #expect(reporter.events.last == .summary(outcome.summary))
    }

    @Test func anOutagePausesTheLanesAndANewJobResumesThem() async throws {
        let hashing = FakeHashing()
        let upstream = FakeUpstream([
            .connected(pool: "fake:1"), .job(job("a")), .job(job("b")),
            .disconnected(pool: "old:1", reason: "old:1: gone"), .connected(pool: "new:1"),
            .refused(pool: "new:1", reason: "job c names no algorithm"), .job(job("d")),
        ])
        let reporter = FakeReporter()
        hashing.onJob { job, hashing in if job?.id.name == "d", let job { hashing.find(0..<1, job) } }
        let outcome = await Miner(
            hashing: hashing, devices: [.cpu], upstream: upstream, ledger: try .inMemory(), reporter: reporter,
            limits: Self.limits(shares: 1)
        ).run()
        #expect(outcome.end == .shares && outcome.summary.accepted == 1)
        #expect(hashing.jobs.prefix(4).map { $0?.id.name } == ["a", "b", nil, "d"])
        #expect(
            Array(reporter.events.prefix(7)) == [
                .connected(pool: "fake:1"), .job(id: "a", height: 7, algorithm: "cn/2", difficulty: 1),
                .job(id: "b", height: 7, algorithm: "cn/2", difficulty: 1),
                .disconnected(pool: "old:1", reason: "old:1: gone"), .connected(pool: "new:1"),
                .error("new:1: job c names no algorithm"), .job(id: "d", height: 7, algorithm: "cn/2", difficulty: 1),
            ])
    }

    @Test func enoughSharesUnderWayRestTheLanesUntilOneComesToNothing() async throws {
        let hashing = FakeHashing()
        let upstream = FakeUpstream([.connected(pool: "fake:1"), .job(job("a"))]) {
            $0.nonce == 0 ? .stale(reason: "Block expired") : .accepted
        }
        // One share each time the lanes get work.
        let next = Locked<UInt32>(0)
        hashing.onJob { job, hashing in
            guard let job else { return }
            let nonce = next.withLock { value in
                defer { value += 1 }
                return value
            }
            hashing.find(nonce..<nonce + 1, job)
        }
        let outcome = await Miner(
            hashing: hashing, devices: [.cpu], upstream: upstream, ledger: try .inMemory(), reporter: FakeReporter(),
            limits: Self.limits(shares: 1)
        ).run()
        #expect(outcome.summary.found == 2 && outcome.summary.stale == 1 && outcome.summary.accepted == 1)
        #expect(hashing.jobs.prefix(4).map { $0?.id.name } == ["a", nil, "a", nil])
    }

    @Test func aSlowUpstreamSlowsTheLanesInsteadOfFillingTheMemory() async throws {
        let hashing = FakeHashing()
        let inFlight = Locked((now: 0, most: 0))
        let upstream = FakeUpstream([.connected(pool: "fake:1"), .job(job("a"))]) { _ in
            inFlight.withLock {
                $0.now += 1
                $0.most = max($0.most, $0.now)
            }
            for _ in 0..<20 { await Task.yield() }
            inFlight.withLock { $0.now -= 1 }
            return .accepted
        }
        hashing.onJob { job, hashing in if let job { hashing.find(0..<500, job) } }
        var limits = Self.limits(shares: 500)
        limits.inFlight = 8
        let outcome = await Miner(
            hashing: hashing, devices: [.cpu], upstream: upstream, ledger: try .inMemory(), reporter: FakeReporter(),
            limits: limits
        ).run()
        #expect(outcome.summary.accepted == 500)
        #expect((1...8).contains(inFlight.withLock { $0.most }))
    }

    @Test func withoutAnyJobTheDeadlineSaysWhy() async throws {
        let upstream = FakeUpstream([.disconnected(pool: "fake:1", reason: "fake:1: connection refused")])
        let reporter = FakeReporter()
        let outcome = await Miner(
            hashing: FakeHashing(), devices: [.cpu], upstream: upstream, ledger: try .inMemory(), reporter: reporter,
            limits: Self.limits(duration: .milliseconds(50))
        ).run()
        #expect(outcome.end == .duration && !outcome.hadJob && outcome.trouble == "fake:1: connection refused")
        #expect(reporter.events.last == .summary(outcome.summary) && outcome.summary.found == 0)
    }

    @Test func theRunEndsWhenNoUpstreamCanWork() async throws {
        let upstream = FakeUpstream([
            .unusable(reason: "a:1: wrong login", isLast: false), .unusable(reason: "b:1: wrong login", isLast: true),
        ])
        let reporter = FakeReporter()
        let outcome = await Miner(
            hashing: FakeHashing(), devices: [.cpu], upstream: upstream, ledger: try .inMemory(), reporter: reporter
        ).run()
        #expect(outcome.end == .noUpstream(reason: "b:1: wrong login") && !outcome.hadJob)
        #expect(
            reporter.events.prefix(2) == [
                .error("a:1: wrong login; it is not tried again"), .error("b:1: wrong login"),
            ])
    }

    @Test func theRunEndsWhenEveryDeviceHasFailed() async throws {
        let hashing = FakeHashing()
        let gpu = DeviceID.opencl(platform: 0, device: 0)
        hashing.onJob { _, hashing in
            hashing.send(.failed(gpu, reason: "clBuildProgram: -11"))
            hashing.send(.ready(gpu, LaneFacts(lanes: 1), explanation: []))
            hashing.send(.failed(.cpu, reason: "no memory"))
            hashing.send(.wrongHash(gpu, nonce: 5, reason: "it is not"))
            hashing.send(.failed(gpu, reason: "clFinish: -5"))
        }
        let reporter = FakeReporter()
        let outcome = await Miner(
            hashing: hashing, devices: [.cpu, gpu], upstream: FakeUpstream([.job(job("a"))]), ledger: try .inMemory(),
            reporter: reporter
        ).run()
        #expect(outcome.end == .noDevice(reason: "opencl:0.0: clFinish: -5"))
        #expect(reporter.events.contains(.error("opencl:0.0: wrong hash for nonce 5, not submitted: it is not")))
        #expect(outcome.summary.found == 0)
    }

    @Test func aLedgerThatFailsCostsNoShare() async throws {
        let scratch = LedgerTests.Scratch()
        let ledger = try ShareLedger(path: scratch.path + "/shares.sqlite")
        try ledger.close()
        let hashing = FakeHashing()
        hashing.onJob { job, hashing in if let job { hashing.find(0..<3, job) } }
        let reporter = FakeReporter()
        let upstream = FakeUpstream([.connected(pool: "fake:1"), .job(job("a"))])
        let outcome = await Miner(
            hashing: hashing, devices: [.cpu], upstream: upstream, ledger: ledger, reporter: reporter,
            limits: Self.limits(shares: 3)
        ).run()
        #expect(outcome.summary.accepted == 3 && outcome.summary.unaccounted == 0)
        #expect(upstream.submitted.withLock { $0.count } == 3)
        let errors = reporter.events.filter { if case .error = $0 { true } else { false } }
        #expect(errors.count == 1, "said once")
    }
}
