import Nightjar
import NightjarCPU
import NightjarCore
import NightjarDevices
import NightjarMiner
import NightjarNode
import NightjarOpenCL
import NightjarPlatform
import NightjarWire
import Synchronization
import TestSupport
import Testing

/// Bitcoin's proofs of work and pool language through every floor: the engine's devices, board and verifier, a session
/// over a real socket, a sandbox pool that hashes each share in full, the miner and its ledger.
@Suite(.serialized, .timeLimit(.minutes(15))) struct BitcoinMineTests {
    private static let shares = 40

    private struct Run {
        let outcome: Miner.Outcome
        let stats: SandboxStats
        let counts: [ShareState: Int]
        let health: [DeviceHealth]
        let snapshot: MinerSnapshot
        let reports: [ShareReport]
        /// The headers of the shares that the pool hashed, nonce and all.
        let headers: [[UInt8]]
    }

    /// Mines until there are enough shares; half-way there is a new block.
    private func mine(_ algorithm: Algorithm, on engine: Engine, difficulty: Int) async throws -> Run {
        let headers = Locked<[[UInt8]]>([])
        let configuration = SandboxConfiguration(
            algorithms: [algorithm], jobInterval: .seconds(3600),
            startDifficulty: try #require(Difficulty(difficulty)), shareInterval: nil)
        // The pool hashes one share after the other, so the first job has half of the accepted ones, however late the
        // miner hears of them.
        let itself = Locked<SandboxPool?>(nil)
        let pool = SandboxPool(configuration) { work in
            let count = headers.withLock { headers in
                headers.append(work.input)
                return headers.count
            }
            if count == Self.shares / 2 { await itself.withLock { $0 }?.nextBlock() }
            return try await engine.portableProof(of: work)
        }
        itself.withLock { $0 = pool }
        defer { itself.withLock { $0 = nil } }
        let options = UpstreamOptions(algorithms: [algorithm], algorithm: algorithm)
        let settings = PoolSettings(url: try PoolURL("127.0.0.1:\(await pool.start())"), user: "u")
        let upstream = try PoolGroup(pools: [settings], options: options)

        let scratch = LedgerTests.Scratch()
        let ledger = try ShareLedger(path: scratch.path + "/shares.sqlite")
        let reporter = FakeReporter()
        let statistics = Statistics(devices: engine.devices, pool: upstream.name)
        let mining = try engine.startMining()
        let outcome = await Miner(
            hashing: mining, devices: engine.devices.map(\.id), upstream: upstream, ledger: ledger, reporter: reporter,
            statistics: statistics, limits: MinerTests.limits(shares: Self.shares)
        ).run()
        let run = Run(
            outcome: outcome, stats: await pool.stats, counts: try ledger.counts(), health: mining.health(),
            snapshot: statistics.snapshot(), reports: reporter.shares, headers: headers.withLock { $0 })
        await pool.stop()
        for case .error(let reason) in reporter.events { Issue.record("\(reason)") }
        return run
    }

    /// What holds of every run: each share ended, the pool saw what the miner says, no device is at fault.
    private func check(_ run: Run, _ algorithm: Algorithm) {
        let summary = run.outcome.summary
        #expect(run.outcome.end == .shares && run.outcome.trouble == nil)
        #expect(summary.unaccounted == 0)
        #expect(summary.found == summary.accepted + summary.rejected + summary.stale + summary.expired)
        #expect(summary.accepted >= Self.shares && summary.rejected == 0 && summary.expired == 0)
        #expect(run.stats.accepted == summary.accepted && run.stats.stale <= summary.stale && run.stats.rejected == 0)
        #expect(run.stats.acceptedPerAlgorithm == [algorithm.name: summary.accepted])
        #expect(run.counts.values.reduce(0, +) == summary.found && run.counts[.accepted] == summary.accepted)
        #expect(
            run.snapshot.summary.accepted == summary.accepted && run.snapshot.connection.algorithm == algorithm.name)
        // Difficulties are fractions in the pool's unit.
        let unit = BitcoinDifficulty.Unit(algorithm).hashes
        #expect(run.reports.allSatisfy { $0.difficulty.hashesPerUnit == unit && $0.difficulty.value < 1 })
        #expect(Set(run.reports.map(\.job)).count == 2)
        #expect(run.health.allSatisfy { $0.wrong == 0 && $0.state == .working })
        // No nonce of a header twice.
        #expect(Set(run.headers).count == run.headers.count && run.headers.allSatisfy { $0.count == 80 })
    }

    @Test func theCPUMinesThroughEveryFloor() async throws {
        let cpu = CPUBackend()
        for (algorithm, difficulty) in [(Algorithm.sha256d, 1 << 20), (.scrypt, 1 << 10)] {
            let engine = try Engine(threads: 2, backends: [cpu], verifier: cpu)
            check(try await mine(algorithm, on: engine, difficulty: difficulty), algorithm)
        }
    }

    @Test func openCLDevicesMineThroughEveryFloor() async throws {
        let openCL = OpenCLBackend(cacheDirectory: nil)
        try #require(!openCL.devices.isEmpty, "the tests need an OpenCL device")
        for (algorithm, difficulty) in [(Algorithm.sha256d, 1 << 20), (.scrypt, 1 << 8)] {
            let engine = try Engine(backends: [openCL], verifier: CPUBackend())
            check(try await mine(algorithm, on: engine, difficulty: difficulty), algorithm)
        }
    }

    /// A chip takes the 2³² nonces of a header at once, and the CPU beside it goes on with the next.
    @Test func aHeaderIsABatch() async throws {
        let cpu = CPUBackend()
        let chip = WholeUnitChip(cpu)
        let engine = try Engine(threads: 1, backends: [cpu, chip], verifier: cpu)
        let run = try await mine(.sha256d, on: engine, difficulty: 1 << 20)
        check(run, .sha256d)
        // The CPU may have taken the first nonces of each unit: a few thousand.
        #expect(chip.longestBatch > 1 << 31)
        #expect(run.health.map(\.device) == [.cpu, WholeUnitChip.id])
        // Work rolled over: the shares of one job were found under many roots.
        let roots = Dictionary(grouping: run.headers) { $0[4..<36] }.mapValues { Set($0.map { $0[36..<68] }) }
        #expect(roots.count == 2 && roots.values.allSatisfy { $0.count > 1 }, "\(roots.values.map(\.count))")
    }
}
