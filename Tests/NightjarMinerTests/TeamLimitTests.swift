import Nightjar
import NightjarCore
import NightjarMiner
import NightjarPlatform
import NightjarWire
import Synchronization
import TestSupport
import Testing

/// A limit on the shares of a run whose devices have pools of their own.
@Suite(.timeLimit(.minutes(5))) struct TeamLimitTests {
    /// A pool with one job, that answers when the test says.
    private final class Pool: UpstreamLink {
        let name: String
        let backoff = Backoff()
        private let answers = Locked<[ShareOutcome]>([])

        init(_ name: String) { self.name = name }

        func attempt(events: @escaping @Sendable (UpstreamEvent) -> Void) async -> String {
            events(.connected(pool: name))
            events(.job(job(name)))
            try? await Task.sleep(for: .seconds(3600))
            return "over"
        }

        func answer(_ outcome: ShareOutcome) { answers.withLock { $0.append(outcome) } }

        func submit(_ share: Share) async -> ShareOutcome {
            while !Task.isCancelled {
                let next = answers.withLock { $0.isEmpty ? nil : $0.removeFirst() }
                if let next { return next }
                try? await Task.sleep(for: .milliseconds(2))
            }
            return .expired(reason: "cancelled")
        }
    }

    @Test func theLanesOfAllTeamsRestWhenEnoughSharesAreUnderWay() async throws {
        let (a, b) = (Pool("a:1"), Pool("b:1"))
        let (cpu, gpu) = (FakeHashing(), FakeHashing())
        var limits = Miner.Limits()
        limits.shares = 2
        let teams = try Teams(
            ledger: .inMemory(), reporter: FakeReporter(), statistics: Statistics(devices: [], pool: ""), limits: limits
        ) { devices, _, _ in devices == [.cpu] ? cpu : gpu }
        try await teams.form([
            Teams.Plan(devices: [StatisticsTests.device(.cpu)], pools: [TeamPools.Member(a)]),
            Teams.Plan(devices: [StatisticsTests.device(StatisticsTests.gpu)], pools: [TeamPools.Member(b)]),
        ])
        let running = Task { await teams.run() }
        /// Waits until the lanes of both have work, or have none.
        func both(work: Bool, _ what: String) async throws {
            try await eventually(what) {
                [cpu, gpu].allSatisfy { hashing in hashing.jobs.last.map { ($0 != nil) == work } ?? false }
            }
        }
        try await both(work: true, "jobs")
        let (first, second) = (try #require(cpu.jobs.last ?? nil), try #require(gpu.jobs.last ?? nil))
        cpu.find(0..<1, first)
        gpu.find(1..<2, second, on: StatisticsTests.gpu)
        try await both(work: false, "a rest of all")
        // One of them comes to nothing.
        a.answer(.stale(reason: "Block expired"))
        try await both(work: true, "work for all")
        cpu.find(2..<3, first)
        try await both(work: false, "another rest of all")
        #expect([cpu, gpu].map { $0.jobs.count { $0 == nil } } == [2, 2], "one share alone was not enough")
        a.answer(.rejected(reason: "no"))
        b.answer(.accepted)
        let outcome = await running.value
        #expect(outcome.end == .shares && outcome.summary.unaccounted == 0)
        let counts = outcome.summary
        #expect((counts.found, counts.accepted, counts.rejected, counts.stale) == (3, 1, 1, 1))
    }
}
