import Nightjar
import NightjarCore
import NightjarMiner
import NightjarPlatform
import NightjarWire
import Synchronization
import TestSupport
import Testing

/// Shares whose jobs newer ones have made worthless: they are counted as stale, and neither verified nor sent.
@Suite(.timeLimit(.minutes(5))) struct StaleTests {
    /// A run until `shares` were accepted or rejected.
    private func run(
        _ hashing: FakeHashing, _ upstream: FakeUpstream, shares: Int, reporter: FakeReporter = FakeReporter()
    ) async throws -> (outcome: Miner.Outcome, ledger: ShareLedger) {
        let ledger = try ShareLedger.inMemory()
        let outcome = await Miner(
            hashing: hashing, devices: [.cpu], upstream: upstream, ledger: ledger, reporter: reporter,
            limits: MinerTests.limits(shares: shares)
        ).run()
        return (outcome, ledger)
    }

    /// Calls `body` with each job the first time that the lanes get it: they get it again after each rest.
    private func onEachJob(_ hashing: FakeHashing, _ body: @escaping @Sendable (JobID) -> Void) {
        let seen = Monitor<Set<JobID>>([])
        hashing.onJob { job, _ in
            guard let id = job?.id, seen.withLock({ $0.insert(id).inserted }) else { return }
            body(id)
        }
    }

    @Test func whatThePoolEndsIsCountedAndNotSent() async throws {
        let hashing = FakeHashing()
        let (old, new) = (job("old"), job("new", endsEarlierJobs: true))
        let upstream = FakeUpstream([.connected(pool: "fake:1"), .job(old), .job(new)])
        onEachJob(hashing) { id in
            guard id == new.job.id else { return }
            hashing.find(5..<8, old.job)
            // The engine met these before they were hashed.
            for nonce in 8..<10 as Range<UInt32> {
                hashing.send(.stale(Share(job: old.job, nonce: nonce, digest: Digest(), device: .cpu)))
            }
            hashing.find(0..<1, new.job)
        }
        let reporter = FakeReporter()
        let (outcome, ledger) = try await run(hashing, upstream, shares: 1, reporter: reporter)
        #expect(hashing.worthless == [old.job.id])
        #expect(upstream.submitted.withLock { $0.map(\.nonce) } == [0])
        let summary = outcome.summary
        #expect(summary.found == 6 && summary.stale == 5 && summary.accepted == 1 && summary.unaccounted == 0)
        #expect(try ledger.counts() == [.stale: 5, .accepted: 1])
        let states = Dictionary(grouping: reporter.shares, by: \.id).values.map { $0.map(\.state) }
        #expect(
            states.count { $0 == [.found, .stale] } == 5 && states.count { $0 == [.found, .submitted, .accepted] } == 1)
    }

    /// Monero's pools do not say what a new block does to shares of the last one: their answers do.
    @Test func aPoolThatRefusesAnEarlierBlocksShareIsNotAskedAgain() async throws {
        let hashing = FakeHashing()
        let (old, new) = (job("old", parent: 1), job("new", parent: 2))
        let upstream = FakeUpstream([.connected(pool: "fake:1"), .job(old), .job(new)]) { share in
            share.jobID == old.job.id ? .stale(reason: "Block expired") : .accepted
        }
        let reporter = FakeReporter { event in
            // The answer to the first one is known when the others come.
            guard case .share(let share) = event, share.state == .stale, share.id == 1 else { return }
            hashing.find(1..<4, old.job)
            hashing.find(4..<5, new.job)
        }
        onEachJob(hashing) { if $0 == new.job.id { hashing.find(0..<1, old.job) } }
        let (outcome, _) = try await run(hashing, upstream, shares: 1, reporter: reporter)
        #expect(upstream.submitted.withLock { $0.map(\.nonce) } == [0, 4])
        #expect(outcome.summary.stale == 4 && outcome.summary.accepted == 1 && outcome.summary.unaccounted == 0)
        #expect(hashing.worthless == [old.job.id])
    }

    @Test func aPoolThatTakesThemGetsThem() async throws {
        let hashing = FakeHashing()
        let (old, new) = (job("old", parent: 1), job("new", parent: 2))
        let upstream = FakeUpstream([.connected(pool: "fake:1"), .job(old), .job(new)])
        onEachJob(hashing) { if $0 == new.job.id { hashing.find(0..<3, old.job) } }
        let (outcome, _) = try await run(hashing, upstream, shares: 3)
        #expect(outcome.summary.accepted == 3 && hashing.worthless.isEmpty)
    }

    /// A stale answer about a job of the present block says nothing about earlier blocks; nor does another job of it end
    /// the first.
    @Test func jobsOfOneBlockStayWorthSomething() async throws {
        let hashing = FakeHashing()
        let (old, new) = (job("old", parent: 1), job("new", parent: 1))
        let upstream = FakeUpstream([.connected(pool: "fake:1"), .job(old), .job(new)]) { share in
            share.nonce == 0 ? .stale(reason: "Block expired") : .accepted
        }
        let reporter = FakeReporter { event in
            guard case .share(let share) = event, share.state == .stale, share.id == 1 else { return }
            hashing.find(1..<2, old.job)
        }
        onEachJob(hashing) { if $0 == new.job.id { hashing.find(0..<1, old.job) } }
        let (outcome, _) = try await run(hashing, upstream, shares: 1, reporter: reporter)
        #expect(outcome.summary.accepted == 1 && hashing.worthless.isEmpty)
    }

    @Test func aNewConnectionIsAskedAnew() async throws {
        let hashing = FakeHashing()
        let jobs = (1...4 as ClosedRange<UInt8>).map { job("\($0)", parent: $0) }
        let upstream = FakeUpstream([.connected(pool: "fake:1"), .job(jobs[0]), .job(jobs[1])]) { share in
            share.nonce == 0 ? .stale(reason: "Block expired") : .accepted
        }
        let reporter = FakeReporter { event in
            guard case .share(let share) = event, share.state == .stale else { return }
            for event in [
                .disconnected(pool: "fake:1", reason: "gone"), .connected(pool: "fake:1"), .job(jobs[2]), .job(jobs[3]),
            ] as [UpstreamEvent] {
                upstream.send(event)
            }
        }
        onEachJob(hashing) { id in
            if id == jobs[1].job.id { hashing.find(0..<1, jobs[0].job) }
            if id == jobs[3].job.id { hashing.find(1..<2, jobs[2].job) }
        }
        let (outcome, _) = try await run(hashing, upstream, shares: 1, reporter: reporter)
        #expect(outcome.summary.accepted == 1 && outcome.summary.stale == 1)
    }
}
