import NightjarCore
import NightjarWire
import TestSupport
import Testing

/// A client at a sandbox pool, from login to accepted share.
@Suite(.timeLimit(.minutes(5))) struct StratumClientTests: AtASandbox {
    let time = FakeTime()

    @Test func fromLoginToAcceptedShare() async throws {
        let pool = pool { $0.startDifficulty = Difficulty(50) ?? .one }
        let client = try client(PoolURL("127.0.0.1:\(await pool.start())"), options())
        let log = EventLog(running: client)
        let first = try await log.job()
        #expect(first.job.work.input.count == 76)
        #expect(first.job.work.nonceOffset == 39)
        #expect(first.job.target.difficulty.value == 50)
        let share = try find(first.job)
        #expect(await client.submit(share) == .accepted)
        #expect(await client.submit(share) == .rejected(reason: "Duplicate share"))
        let wrong = Share(job: first.job, nonce: share.nonce &+ 1, digest: share.digest, device: .cpu)
        #expect(await client.submit(wrong) == .rejected(reason: "Invalid share"))
        let low = Share(job: first.job, nonce: share.nonce &+ 2, digest: Digest(words: (0, 0, 0, .max)), device: .cpu)
        #expect(await client.submit(low) == .rejected(reason: "Low difficulty share"))

        await pool.nextJob()
        _ = try await log.job(2)
        #expect(await client.submit(try find(first.job, skipping: Int(share.nonce) + 3)) == .accepted)
        await pool.nextBlock()
        let third = try await log.job(3)
        #expect(third.height == first.height.map { $0 + 1 })
        #expect(await client.submit(share) == .stale(reason: "Block expired"))

        let stats = await pool.stats
        #expect(stats.accepted == 2)
        #expect(stats.work == 100)
        #expect(stats.stale == 1)
        #expect(stats.rejected == 3)
        #expect(stats.acceptedPerAlgorithm == ["rx/0": 2])
        #expect(log.connections == 1 && log.disconnections.isEmpty)
        await log.stop()
        await pool.stop()
    }

    @Test func rotationInfersAlgorithmsFromTheBlob() async throws {
        let pool = pool {
            $0.algorithms = [.cn0, .cn1, .cn2, .cnR, .rx0]
            $0.namesAlgorithm = false
        }
        let client = try client(PoolURL("127.0.0.1:\(await pool.start())"), options())
        let log = EventLog(running: client)
        for (i, algorithm) in [Algorithm.cn0, .cn1, .cn2, .cnR, .rx0, .cn0].enumerated() {
            let job = try await log.job(i + 1).job
            #expect(job.algorithm == algorithm)
            #expect(await client.submit(try find(job)) == .accepted)
            await pool.nextBlock()
        }
        await log.stop()
        await pool.stop()
    }

    /// rx/2: the commitment meets the target, and both it and the hash must be right.
    @Test func aShareCarriesHashAndCommitment() async throws {
        let pool = pool {
            $0.algorithms = [.rx2]
            $0.startDifficulty = Difficulty(50) ?? .one
        }
        let client = try client(PoolURL("127.0.0.1:\(await pool.start())"), options())
        let log = EventLog(running: client)
        let job = try await log.job().job
        // One that the hash alone would not be.
        var share = try find(job)
        while job.target.isMet(by: share.digest) { share = try find(job, skipping: Int(share.nonce) + 1) }
        #expect(await client.submit(share) == .accepted)
        func outcome(_ nonce: UInt32, _ proof: Proof) async -> ShareOutcome {
            await client.submit(Share(job: job, nonce: nonce, proof: proof, device: .cpu))
        }
        let good = try find(job, skipping: Int(share.nonce) + 1)
        #expect(
            await outcome(good.nonce, Proof(digest: Digest(), commitment: good.proof.commitment))
                == .rejected(reason: "Invalid share"))
        let next = try find(job, skipping: Int(good.nonce) + 1)
        #expect(
            await outcome(next.nonce, Proof(digest: next.digest, commitment: Digest()))
                == .rejected(reason: "Invalid share"))
        let last = try find(job, skipping: Int(next.nonce) + 1)
        #expect(await outcome(last.nonce, Proof(digest: last.digest)) == .rejected(reason: "Invalid share"))
        let low = Proof(digest: Digest(), commitment: Digest(words: (0, 0, 0, .max)))
        #expect(await outcome(last.nonce &+ 1, low) == .rejected(reason: "Low difficulty share"))
        await log.stop()
        await pool.stop()
    }

    @Test func jobsHaveTheNonceWhereTheAlgorithmHasIt() async throws {
        let pool = pool {
            $0.algorithms = [.rxYada]
            $0.niceHash = true
        }
        let client = try client(PoolURL("127.0.0.1:\(await pool.start())"), options())
        let log = EventLog(running: client)
        let job = try await log.job().job
        #expect(job.work.nonceOffset == 147 && job.nonces == .niceHash(highByte: 1))
        #expect(await client.submit(try find(job)) == .accepted)
        await log.stop()
        await pool.stop()
    }

    @Test func niceHashConnectionsHaveNoncesOfTheirOwn() async throws {
        let pool = pool { $0.niceHash = true }
        let url = try PoolURL("127.0.0.1:\(await pool.start())")
        let clients = [try client(url, options()), try client(url, options())]
        var spaces: Set<NonceSpace> = []
        for client in clients {
            let log = EventLog(running: client)
            let job = try await log.job().job
            #expect(job.nonces.range.count == 1 << 24)
            spaces.insert(job.nonces)
            #expect(await client.submit(try find(job)) == .accepted)
            let outside = job.nonces.first ^ 0x8000_0000
            let digest = fakeProof(job.work.fixed(nonce: outside)).digest
            #expect(
                await client.submit(Share(job: job, nonce: outside, digest: digest, device: .cpu))
                    == .rejected(reason: "Invalid nonce"))
            await log.stop()
        }
        #expect(spaces.count == 2)
        await pool.stop()
    }

    @Test(arguments: [
        ("Invalid job id", ShareOutcome.stale(reason: "Invalid job id")),
        ("Stale share", .stale(reason: "Stale share")),
        ("Low difficulty share", .rejected(reason: "Low difficulty share")),
        ("Invalid PoW", .rejected(reason: "Invalid PoW")),
    ]) func thePoolsWordsAreKept(_ text: String, _ outcome: ShareOutcome) async throws {
        let pool = pool(faults: Faults(submitError: text))
        let client = try client(PoolURL("127.0.0.1:\(await pool.start())"), options())
        let log = EventLog(running: client)
        #expect(await client.submit(try find(try await log.job().job)) == outcome)
        await log.stop()
        await pool.stop()
    }
}
