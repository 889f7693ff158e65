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
import Toy

/// A proof of work and a pool language that only tests know, through every floor: the engine's devices, board and
/// verifier, a session over a real socket, a sandbox pool that hashes each share in full, the miner and its ledger.
///
/// What Bitcoin's jobs need is all in it: work that rolls over, 256-bit targets, near misses, 2³² nonces at once.
@Suite(.serialized, .timeLimit(.minutes(15))) struct ToyTests {
    private static let cpu = CPUBackend(families: Toy.cpuFamilies)
    /// Tens of shares a second: a hash takes a quarter of a microsecond or so.
    private static let difficulty = 1 << 18
    private static let shares = 40

    /// What a pool saw, and what it aimed at.
    private struct Seen {
        /// The inputs of the shares that it hashed, nonce and all.
        var inputs: [[UInt8]] = []
        /// Inputs that meet their target's top word, and miss the target.
        var nearMisses: [[UInt8]] = []
    }

    private struct Run {
        let outcome: Miner.Outcome
        let stats: SandboxStats
        let counts: [ShareState: Int]
        let health: [DeviceHealth]
        let snapshot: MinerSnapshot
        let reports: [ShareReport]
        let seen: Seen
    }

    /// A target of which it is known that a device will hand up a near miss: the fourth best of the first hashes has its
    /// top word, and is above it.
    ///
    /// - Parameter perUnit: how many nonces of a unit are hashed before it gives way to the next.
    private static func aim(_ work: ToyWork, at difficulty: Difficulty, perUnit: Int) -> (Target, [UInt8])? {
        var best: [(top: UInt64, input: [UInt8])] = []
        for number in 0..<(4 * Int(difficulty.value) + perUnit - 1) / perUnit {
            guard let unit = work.unit(UInt64(number)) else { return nil }
            var input = unit.work.input
            for nonce in 0..<perUnit {
                for byte in 0..<4 {
                    input[ToyParameters.nonceOffset + byte] = UInt8(truncatingIfNeeded: nonce >> (8 * byte))
                }
                let top = ToyParameters.digest(input).words.3
                guard best.count < 4 || top < best[3].top else { continue }
                best.append((top, input))
                best.sort { $0.top < $1.top }
                best = Array(best.prefix(4))
            }
        }
        return best.last.map { (Target(words: (0, 0, 0, $0.top)), $0.input) }
    }

    /// Mines at a pool whose units have 2 to the power of `bits` nonces; half-way there is a new block.
    private func mine(on engine: Engine, bits: Int, perUnit: Int) async throws -> Run {
        let seen = Locked(Seen())
        var configuration = SandboxConfiguration(
            algorithms: [Toy.algorithm], jobInterval: .seconds(3600),
            startDifficulty: try #require(Difficulty(Self.difficulty)), shareInterval: nil)
        configuration.dialects = Dialects(
            Dialects.builtIn.rows + [
                .toy(bits: bits) { work, difficulty in
                    guard let (target, nearMiss) = Self.aim(work, at: difficulty, perUnit: perUnit) else {
                        return Target(difficulty: difficulty)
                    }
                    seen.withLock { $0.nearMisses.append(nearMiss) }
                    return target
                }
            ])
        let pool = SandboxPool(configuration) { work in
            seen.withLock { $0.inputs.append(work.input) }
            return Proof(digest: ToyParameters.digest(work.input))
        }
        var options = UpstreamOptions(algorithms: [Toy.algorithm], algorithm: Toy.algorithm)
        options.dialects = Toy.dialects
        let settings = PoolSettings(url: try PoolURL("127.0.0.1:\(await pool.start())"), user: "u")
        let upstream = try PoolGroup(pools: [settings], options: options)

        let scratch = LedgerTests.Scratch()
        let ledger = try ShareLedger(path: scratch.path + "/shares.sqlite")
        let accepted = Locked(0)
        let reporter = FakeReporter { event in
            guard case .share(let share) = event, share.state == .accepted else { return }
            let count = accepted.withLock { count in
                count += 1
                return count
            }
            if count == Self.shares / 2 { Task { await pool.nextBlock() } }
        }
        let statistics = Statistics(devices: engine.devices, pool: upstream.name)
        let mining = try engine.startMining()
        let outcome = await Miner(
            hashing: mining, devices: engine.devices.map(\.id), upstream: upstream, ledger: ledger, reporter: reporter,
            statistics: statistics, limits: MinerTests.limits(shares: Self.shares)
        ).run()
        let run = Run(
            outcome: outcome, stats: await pool.stats, counts: try ledger.counts(), health: mining.health(),
            snapshot: statistics.snapshot(), reports: reporter.shares, seen: seen.withLock { $0 })
        await pool.stop()
        for case .error(let reason) in reporter.events { Issue.record("\(reason)") }
        return run
    }

    /// What holds of every run: each share ended, the pool saw what the miner says, no device is at fault.
    private func check(_ run: Run) {
        let summary = run.outcome.summary
        #expect(run.outcome.end == .shares && run.outcome.trouble == nil)
        #expect(summary.unaccounted == 0)
        #expect(summary.found == summary.accepted + summary.rejected + summary.stale + summary.expired)
        #expect(summary.accepted >= Self.shares && summary.rejected == 0 && summary.expired == 0)
        #expect(run.stats.accepted == summary.accepted && run.stats.stale == summary.stale && run.stats.rejected == 0)
        #expect(run.stats.acceptedPerAlgorithm == ["toy": summary.accepted])
        #expect(run.counts.values.reduce(0, +) == summary.found && run.counts[.accepted] == summary.accepted)
        #expect(run.snapshot.summary.accepted == summary.accepted && run.snapshot.connection.algorithm == "toy")
        #expect(Set(run.reports.map(\.job)).count == 2)

        // Near misses went to the verifier and no further.
        #expect(run.seen.nearMisses.count == 2)
        #expect(!run.seen.nearMisses.contains { run.seen.inputs.contains($0) })
        #expect(run.health.allSatisfy { $0.wrong == 0 && $0.state == .working })
        #expect(run.health.reduce(0) { $0 + $1.checked } >= UInt64(summary.found + run.seen.nearMisses.count))

        // Work rolled over: the shares of one job were found in many units, and no nonce of a unit twice.
        #expect(Set(run.seen.inputs).count == run.seen.inputs.count)
        let units = Dictionary(grouping: run.seen.inputs) { $0.prefix(67) }.mapValues { Set($0.map { $0[68..<76] }) }
        #expect(units.count == 2 && units.values.allSatisfy { $0.count > 1 }, "\(units.values.map(\.count))")
    }

    @Test func itMinesThroughEveryFloor() async throws {
        let engine = try Engine(threads: 2, backends: [Self.cpu], verifier: Self.cpu)
        #expect(try await engine.selftest(Toy.algorithm, on: .cpu) == 2)
        check(try await mine(on: engine, bits: 16, perUnit: 1 << 16))
    }

    /// Every OpenCL device, with the kernel that the family brings along.
    @Test func itMinesOnOpenCLDevices() async throws {
        let openCL = OpenCLBackend(cacheDirectory: nil, families: Toy.openCLFamilies)
        try #require(!openCL.devices.isEmpty, "the tests need an OpenCL device")
        let engine = try Engine(backends: [openCL], verifier: Self.cpu)
        check(try await mine(on: engine, bits: 16, perUnit: 1 << 16))
    }

    /// A chip takes the 2³² nonces of a unit at once, and the CPU beside it goes on with the next.
    @Test func aUnitIsABatch() async throws {
        let chip = ToyChip(Self.cpu)
        let engine = try Engine(threads: 1, backends: [Self.cpu, chip], verifier: Self.cpu)
        let run = try await mine(on: engine, bits: 32, perUnit: Int(ToyChip.hashed))
        check(run)
        // The CPU may have taken the first nonces of each unit: a few thousand.
        #expect(chip.longestBatch > 1 << 31)
        #expect(run.health.map(\.device) == [.cpu, ToyChip.id])
    }
}
