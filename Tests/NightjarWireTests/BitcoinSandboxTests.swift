import NightjarCore
import NightjarJSON
import NightjarWire
import TestSupport
import Testing

/// Both sides of Bitcoin's dialect: a client at a sandbox pool.
@Suite(.timeLimit(.minutes(5))) struct BitcoinSandboxTests: AtASandbox {
    let time = FakeTime()

    private func bitcoinPool(
        _ algorithm: Algorithm = .sha256d, faults: Faults = Faults(), difficulty: Int = 20
    ) throws -> SandboxPool {
        let start = try #require(Difficulty(difficulty))
        return pool(faults: faults) { configuration in
            configuration.algorithms = [algorithm]
            configuration.startDifficulty = start
        }
    }

    private func client(at pool: SandboxPool, _ algorithm: Algorithm = .sha256d) async throws -> StratumClient {
        let url = try PoolURL("127.0.0.1:\(await pool.start())")
        return try client(
            url,
            options {
                $0.algorithms = [algorithm]
                $0.algorithm = algorithm
                $0.jobSpacing = .zero
            })
    }

    @Test(arguments: [Algorithm.sha256d, .scrypt]) func fromLoginToAcceptedShare(_ algorithm: Algorithm) async throws {
        let pool = try bitcoinPool(algorithm)
        let client = try await client(at: pool, algorithm)
        let log = EventLog(running: client)
        let news = try await log.job()
        let job = news.job
        // A fraction in the pool's unit, and the target that it stands for.
        #expect(news.difficulty.value < 1 && news.height == 3_000_000)
        #expect(job.target.difficulty.value == 20 && job.algorithm == algorithm)
        let share = try find(job)
        #expect(await client.submit(share) == .accepted)
        #expect(await client.submit(share) == .rejected(reason: "Duplicate share"))
        // The same nonce in another unit is another share.
        let other = try find(
            Job(
                id: job.id, algorithm: algorithm, source: SingleWork(try #require(job.source.unit(1))),
                target: job.target))
        #expect(await client.submit(other) == .accepted)
        // Found in nothing: the pool hashes, and sees.
        var miss: UInt32 = share.nonce + 1
        while job.target.isMet(by: fakeProof(job.work.fixed(nonce: miss))) { miss += 1 }
        let low = Share(job: job, nonce: miss, digest: Digest(), device: .cpu)
        #expect(await client.submit(low) == .rejected(reason: "Low difficulty share"))
        await pool.nextBlock()
        let next = try await log.job(2).job
        #expect(await client.submit(try find(job, skipping: Int(miss) + 1)) == .stale(reason: "Block expired"))
        #expect(await client.submit(try find(next)) == .accepted)
        let stats = await pool.stats
        #expect(stats.accepted == 3 && stats.stale == 1 && stats.logins == 1)
        #expect(log.refusals.isEmpty && log.disconnections.isEmpty)
        await log.stop()
        await pool.stop()
    }

    /// Units whose version or time was rolled.
    @Test func rolledHeadersAreTaken() async throws {
        let pool = try bitcoinPool(difficulty: 1)
        let client = try await client(at: pool)
        let log = EventLog(running: client)
        let job = try await log.job().job
        // The two lowest of sixteen bits are rolled within a unit.
        for index in [0, 1 << 32, 5 << 32, 0x3FFF << 32, 1 << 46, 7200 << 46] as [UInt64] {
            let unit = try #require(job.source.unit(index))
            #expect(unit.siblings.count == 3)
            for number in 0...3 {
                let one = unit.alone(number)
                let share = Share(
                    jobID: job.id, unit: one, target: job.target, nonce: 7,
                    proof: fakeProof(one.work.fixed(nonce: 7)), device: .cpu)
                #expect(await client.submit(share) == .accepted, "\(index)")
            }
        }
        await log.stop()
        await pool.stop()
    }

    @Test func faultsAreToldAsMonerosAre() async throws {
        var pool = try bitcoinPool(faults: Faults(refuseLogin: "IP Address currently banned"))
        var client = try await client(at: pool)
        var log = EventLog(running: client)
        #expect(try await log.disconnection().hasSuffix("login refused: IP Address currently banned"))
        await log.stop()
        await pool.stop()

        pool = try bitcoinPool(faults: Faults(submitError: "Job not found"), difficulty: 1)
        client = try await self.client(at: pool)
        log = EventLog(running: client)
        var job = try await log.job().job
        #expect(await client.submit(try find(job)) == .stale(reason: "Job not found"))
        await log.stop()
        await pool.stop()

        pool = try bitcoinPool(faults: Faults(dropOnSubmit: 1), difficulty: 1)
        client = try await self.client(at: pool)
        log = EventLog(running: client)
        job = try await log.job().job
        guard case .expired = await client.submit(try find(job)) else { return #expect(Bool(false)) }
        _ = try await log.job(2)
        await log.stop()
        await pool.stop()
    }

    /// What a miner could say wrong. Everything is answered, and nothing is taken.
    @Test func theSandboxReadsWithCare() throws {
        var sandbox = BitcoinSandbox(number: 7, algorithm: .sha256d)
        func say(_ method: String, _ params: String) -> SandboxRequest {
            sandbox.take(Array("{\"id\":1,\"method\":\"\(method)\",\"params\":\(params)}".utf8))
        }
        guard case .answered(let early) = say("mining.authorize", "[\"u\",\"x\"]") else { return #expect(Bool(false)) }
        #expect(early.contains("[25,"))
        _ = say("mining.subscribe", "[]")
        guard case .answered = say("mining.authorize", "[]"), case .login = say("mining.authorize", "[\"u\"]"),
            case .answered = say("no.such", "{}")
        else { return #expect(Bool(false)) }
        #expect(sandbox.take(Array("[]".utf8)) == .nonsense)
        for (params, isAuthorized, hasNonce, hasToken) in [
            ("[\"u\",\"1\",\"00000000\",\"6a1a5c2f\",\"00000001\",\"00002000\"]", true, true, true),
            ("[\"v\",\"1\",\"00000000\",\"6a1a5c2f\",\"1\"]", false, false, true),
            ("[\"u\",\"1\",\"0\",\"6a1a5c2f\",\"00000001\"]", true, true, false),
            ("[\"u\",1,\"00000000\",7,\"00000001\",\"x\"]", true, true, false), ("{}", false, false, false),
        ] as [(String, Bool, Bool, Bool)] {
            guard case .submit(_, let share) = say("mining.submit", params) else { return #expect(Bool(false)) }
            #expect(share.isAuthorized == isAuthorized && (share.nonce != nil) == hasNonce)
            #expect(!share.token.isEmpty == hasToken, "\(params)")
        }
    }
}
