import Nightjar
import NightjarCore
import NightjarMiner
import NightjarPlatform
import NightjarWire
import Synchronization
import TestSupport
import Testing

/// Devices with pools of their own, in one run. Each finds shares that only its own pool calls right.
@Suite(.serialized, .timeLimit(.minutes(10))) struct TeamsTests {
    private static let gpu = StatisticsTests.gpu

    /// A pool, and lanes whose shares it calls right.
    private final class Side: Sendable {
        let device: DeviceID
        let algorithm: Algorithm
        let pool: SandboxPool
        let hashing = FakeHashing()
        /// A number in each of its digests.
        let mark: UInt64
        private let newest = Newest()

        private final class Newest: Sendable { let state = Locked((job: Job?.none, nonce: UInt32(0))) }

        let wrong = Refusals()

        final class Refusals: Sendable { let words = Locked<[String]>([]) }

        init(_ device: DeviceID, _ algorithm: Algorithm, mark: UInt64) {
            (self.device, self.algorithm, self.mark) = (device, algorithm, mark)
            var configuration = SandboxConfiguration(
                algorithms: [algorithm], jobInterval: .milliseconds(400), startDifficulty: .one, shareInterval: nil)
            configuration.faults.replyDelay = .milliseconds(2)
            let wrong = wrong
            pool = SandboxPool(configuration) { work in
                let offset = algorithm.dialect == .monero ? 39 : 76
                let nonce = work.input[offset..<offset + 4].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
                return Proof(digest: Digest(words: (mark, 0, 0, nonce)))
            } onVerdict: { verdict in
                // A share of another pool's: its hash or its job is wrong here.
                if let error = verdict.error, PoolError(text: error).meaning != .stale {
                    wrong.words.withLock { $0.append(error) }
                }
            }
            hashing.onJob { [newest] job, _ in newest.state.withLock { $0.job = job ?? $0.job } }
        }

        /// Lanes that go on through outages, as they do for the last batch.
        func find() async {
            while !Task.isCancelled {
                let (job, nonce) = newest.state.withLock { state in
                    state.nonce += 1
                    return (state.job, state.nonce)
                }
                if let job {
                    let digest = Digest(words: (mark, 0, 0, UInt64(nonce)))
                    hashing.send(.share(Share(job: job, nonce: nonce, digest: digest, device: device)))
                }
                try? await Task.sleep(for: .milliseconds(15))
            }
        }

        func member(_ port: Int) throws -> TeamPools.Member {
            var options = UpstreamOptions(
                algorithms: [algorithm], algorithm: algorithm, requestDeadline: .seconds(2),
                backoff: Backoff(sleep: { _ in try await Task.sleep(for: .milliseconds(1)) }))
            options.checkInterval = .milliseconds(50)
            let url = try PoolURL("127.0.0.1:\(port)")
            return TeamPools.Member(try StratumClient(url: url, login: Login(user: "u"), options: options))
        }
    }

    /// Two devices, two pools, two algorithms; one pool breaks off, stalls, refuses and ends its blocks again and again.
    /// The other notices nothing, no share is lost, and none reaches the wrong pool.
    @Test func faultsOnOneSideDoNotTouchTheOther() async throws {
        let (cpu, gpu) = (Side(.cpu, .cn2, mark: 7), Side(Self.gpu, .sha256d, mark: 9))
        let ports = try await [cpu.pool.start(), gpu.pool.start()]
        let ledger = try ShareLedger.inMemory()
        let statistics = Statistics(devices: [], pool: "")
        let reporter = FakeReporter()
        let lines = Locked<[String]>([])
        let json = JSONReporter { line in lines.withLock { $0.append(line) } }
        let teams = Teams(
            ledger: ledger, reporter: Reporters([reporter, json]), statistics: statistics
        ) { devices, count, _ in
            #expect(count == 2 && devices.count == 1)
            return devices == [.cpu] ? cpu.hashing : gpu.hashing
        }
        try await teams.form([
            Teams.Plan(devices: [StatisticsTests.device(.cpu)], pools: [cpu.member(ports[0])]),
            Teams.Plan(devices: [StatisticsTests.device(Self.gpu)], pools: [gpu.member(ports[1])]),
        ])
        let running = Task { await teams.run() }
        let finding = [Task { await cpu.find() }, Task { await gpu.find() }]

        for number in 0..<12 {
            let (accepted, others) = (await gpu.pool.stats.accepted, await cpu.pool.stats.accepted)
            try await eventually(every: .milliseconds(2), "shares before fault \(number)") {
                await gpu.pool.stats.accepted > accepted
            }
            let logins = await gpu.pool.stats.logins
            switch number % 4 {
            case 0: await gpu.pool.breakConnections(.reset)
            case 1: await gpu.pool.breakConnections(.stall)
            case 2:
                await gpu.pool.setFaults(Faults(refuseLogin: "no"))
                await gpu.pool.breakConnections(.halfLine)
                try await eventually("the other side's shares") { await cpu.pool.stats.accepted > others + 2 }
                await gpu.pool.setFaults(Faults())
            default:
                // Jobs end while their shares are under way.
                for _ in 0..<5 { await gpu.pool.nextBlock() }
                await gpu.pool.breakConnections(.close)
            }
            try await eventually("a login after fault \(number)") { await gpu.pool.stats.logins > logins }
        }
        let shown = statistics.snapshot()
        for task in finding {
            task.cancel()
            await task.value
        }
        await teams.stop(.signal(2))
        let summary = await running.value.summary
        let stats = (cpu: await cpu.pool.stats, gpu: await gpu.pool.stats)
        await cpu.pool.stop()
        await gpu.pool.stop()

        #expect(summary.unaccounted == 0 && summary.rejected == 0, "\(summary) \(stats)")
        #expect(summary.found == summary.accepted + summary.stale + summary.expired)
        #expect(cpu.wrong.words.withLock { $0 } == [] && gpu.wrong.words.withLock { $0 } == [])
        #expect(stats.cpu.connections == 1 && stats.gpu.connections > 9)
        // The ledger tells them apart, and so does everything that is shown.
        let entries = try ledger.entries()
        #expect(entries.count == summary.found)
        #expect(entries.allSatisfy { $0.state != .found && $0.state != .submitted })
        for entry in entries {
            let (port, name) = entry.device == "cpu" ? (ports[0], "cn/2") : (ports[1], "sha256d")
            #expect(entry.pool == "127.0.0.1:\(port)" && entry.algorithm == name, "\(entry)")
        }
        #expect(Set(entries.map(\.device)) == ["cpu", "opencl:0.0"])
        // The side without faults loses only what was under way at the end.
        #expect(entries.count { $0.device == "cpu" && $0.state == .expired } == 0)
        #expect(shown.teams.map(\.devices) == [["cpu"], ["opencl:0.0"]])
        #expect(shown.teams.map(\.connection.pool) == ports.map { "127.0.0.1:\($0)" })
        #expect(shown.teams[0].connection.failures == 0 && shown.teams[1].connection.failures > 0)
        #expect(shown.teams.reduce(0) { $0 + $1.summary.found } == shown.summary.found)
        let (written, last) = lines.withLock { ($0, $0.last ?? "") }
        #expect(last.contains(#""event":"summary""#))
        for line in written where line.contains(#""event":"share""#) || line.contains(#""event":"job""#) {
            let port = line.contains(#""device":"cpu""#) || line.contains(#""algorithm":"cn/2""#) ? ports[0] : ports[1]
            #expect(line.contains(#""pool":"127.0.0.1:\#(port)""#), "\(line)")
        }
        #expect(reporter.events.count { if case .summary = $0 { true } else { false } } == 1)
    }

    /// Teams change while they mine: one whose devices stay goes on with its connection.
    @Test func teamsAreRearranged() async throws {
        let (cpu, gpu) = (Side(.cpu, .cn2, mark: 7), Side(Self.gpu, .cn2, mark: 9))
        let ports = try await [cpu.pool.start(), gpu.pool.start()]
        let devices = [StatisticsTests.device(.cpu), StatisticsTests.device(Self.gpu)]
        let starts = Locked<[String]>([])
        let statistics = Statistics(devices: [], pool: "")
        let reporter = FakeReporter()
        let teams = try Teams(ledger: ShareLedger.inMemory(), reporter: reporter, statistics: statistics) {
            ids, _, earlier in
            let names = ids.map(\.description).joined(separator: "+")
            starts.withLock { $0.append("\(names) after \(earlier.count)") }
            return FakeHashing()
        }
        try await teams.form([
            Teams.Plan(devices: [devices[0]], pools: [try cpu.member(ports[0])]),
            Teams.Plan(devices: [devices[1]], pools: [try gpu.member(ports[1])]),
        ])
        let running = Task { await teams.run() }
        func connected(_ pools: [String]) async throws {
            try await eventually("connections to \(pools)") {
                let teams = statistics.snapshot().teams
                return teams.map { $0.devices.joined(separator: "+") } == pools
                    && teams.allSatisfy { $0.connection.isConnected }
            }
        }
        try await connected(["cpu", "opencl:0.0"])
        await teams.pause(.user)
        // The other device joins the first pool's; the pause stays.
        await teams.rearrange([Teams.Plan(devices: devices, pools: [try cpu.member(ports[0])])], slice: 600)
        try await connected(["cpu+opencl:0.0"])
        #expect(statistics.snapshot().pausedBecause == ["user"])
        await teams.resume(.user)
        // The CPU gets a second pool, and the other device leaves: one team before and after.
        let both = try [cpu.member(ports[0]), gpu.member(ports[1])]
        await teams.rearrange([Teams.Plan(devices: [devices[0]], pools: both)], slice: 600)
        try await connected(["cpu"])
        #expect(await cpu.pool.stats.connections == 2)
        // Then it leaves again, with a pool of its own beside the first.
        await teams.rearrange(
            [
                Teams.Plan(devices: [devices[0]], pools: [try cpu.member(ports[0])]),
                Teams.Plan(devices: [devices[1]], pools: [try gpu.member(ports[1])]),
            ], slice: 600)
        try await connected(["cpu", "opencl:0.0"])
        #expect(await cpu.pool.stats.connections == 2, "the team whose device stays keeps its connection")
        #expect(
            starts.withLock { $0 } == [
                "cpu after 0", "opencl:0.0 after 0", "cpu+opencl:0.0 after 2", "cpu after 1", "opencl:0.0 after 0",
            ])
        await teams.stop(.request)
        let outcome = await running.value
        #expect(outcome.end == .request && outcome.hadJob)
        let pauses = reporter.events.filter { $0 == .paused([.user]) || $0 == .resumed }
        #expect(pauses == [.paused([.user]), .resumed], "once for the run")
        await cpu.pool.stop()
        await gpu.pool.stop()
    }

    /// Pools with weights take turns; the time of one goes to it, whichever connection was there before.
    @Test func poolsWithWeightsTakeTurns() async throws {
        let (first, second) = (Side(.cpu, .cn2, mark: 7), Side(.cpu, .cn2, mark: 7))
        let ports = try await [first.pool.start(), second.pool.start()]
        let statistics = Statistics(devices: [], pool: "")
        let reporter = FakeReporter()
        let hashing = FakeHashing()
        let teams = try Teams(
            ledger: ShareLedger.inMemory(), reporter: reporter, statistics: statistics, slice: 1
        ) { _, _, _ in hashing }
        let members = try [first, second].enumerated().map { index, side in
            TeamPools.Member(try side.member(ports[index]).link, weight: [3, 1][index])
        }
        try await teams.form([Teams.Plan(devices: [StatisticsTests.device(.cpu)], pools: members)])
        let running = Task { await teams.run() }
        try await eventually("turns at both pools") {
            let (one, other) = (await first.pool.stats.logins, await second.pool.stats.logins)
            return one > 1 && other > 0
        }
        #expect(statistics.snapshot().teams[0].turn != nil)
        await teams.stop(.request)
        _ = await running.value
        // A long turn is told in parts.
        let turns = reporter.events.reduce(into: [String]()) { turns, event in
            guard case .slice(let pool, let devices, _, let weight) = event, devices == ["cpu"] else { return }
            if turns.last != "\(pool) \(weight)" { turns.append("\(pool) \(weight)") }
        }
        #expect(turns.prefix(2) == ["127.0.0.1:\(ports[0]) 3 of 4", "127.0.0.1:\(ports[1]) 1 of 4"], "\(turns)")
        await first.pool.stop()
        await second.pool.stop()
    }
}
