import NightjarCore
import NightjarJSON
import NightjarWire
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5))) struct StratumClientTests {
    private let time = FakeTime()

    private func options(_ change: (inout UpstreamOptions) -> Void = { _ in }) -> UpstreamOptions {
        var options = UpstreamOptions(backoff: time.backoff)
        change(&options)
        return options
    }

    private func pool(
        faults: Faults = Faults(), change: (inout SandboxConfiguration) -> Void = { _ in }
    ) -> SandboxPool {
        var configuration = SandboxConfiguration(
            algorithms: [.rx0], jobInterval: .seconds(3600), startDifficulty: .one, shareInterval: nil, faults: faults)
        change(&configuration)
        return SandboxPool(configuration) { fakeProof($0) }
    }

    private func client(_ url: PoolURL, _ options: UpstreamOptions) throws -> StratumClient {
        try StratumClient(url: url, login: Login(user: "u", password: "secret"), options: options)
    }

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

    @Test func aBannedSessionLogsInAgain() async throws {
        let pool = pool(faults: Faults(submitError: "Unauthenticated"))
        let client = try client(PoolURL("127.0.0.1:\(await pool.start())"), options())
        let log = EventLog(running: client)
        #expect(await client.submit(try find(try await log.job().job)) == .rejected(reason: "Unauthenticated"))
        #expect(try await log.disconnection().contains("Unauthenticated"))
        try await log.connected(2)
        await log.stop()
        await pool.stop()
    }

    @Test func sharesInFlightExpireWithTheConnection() async throws {
        let pool = pool(faults: Faults(ignoreSubmits: true))
        let client = try client(
            PoolURL("127.0.0.1:\(await pool.start())"), options { $0.requestDeadline = .seconds(3600) })
        let log = EventLog(running: client)
        let job = try await log.job().job
        async let first = client.submit(try find(job))
        async let second = client.submit(try find(job, skipping: 1))
        _ = try await eventually("both shares") { await pool.stats.submitted == 2 ? true : nil }
        await pool.dropConnections()
        for outcome in [try await first, try await second] {
            guard case .expired = outcome else {
                Issue.record("\(outcome)")
                continue
            }
        }
        // Back again; a share of the old connection's job is not sent to the new one.
        let next = try await log.job(2).job
        #expect(
            await client.submit(try find(job, skipping: 2)) == .expired(reason: "its job is not of this connection"))
        await pool.setFaults(Faults())
        #expect(await client.submit(try find(next)) == .accepted)
        #expect(log.disconnections.count == 1)
        await log.stop()
        await pool.stop()
    }

    @Test func aShareWithoutAConnectionExpires() async throws {
        let client = try client(PoolURL("127.0.0.1:1"), options())
        let work = try Work(algorithm: .cn0, input: [UInt8](repeating: 0, count: 76), nonceOffset: 39)
        let share = Share(job: Job(name: "x", work: work, target: .easiest), nonce: 0, digest: Digest(), device: .cpu)
        #expect(await client.submit(share) == .expired(reason: "not connected"))
    }

    @Test func aSilentPoolMissesTheDeadline() async throws {
        let pool = pool(faults: Faults(ignoreSubmits: true))
        let client = try client(
            PoolURL("127.0.0.1:\(await pool.start())"), options { $0.requestDeadline = .milliseconds(20) })
        let log = EventLog(running: client)
        let job = try await log.job().job
        for i in 0..<3 {
            guard case .expired(let reason) = await client.submit(try find(job, skipping: i)) else {
                Issue.record("not expired")
                continue
            }
            #expect(reason.hasPrefix("no answer within"))
        }
        #expect(try await log.disconnection().contains("3 requests in a row"))
        await log.stop()
        await pool.stop()
    }

    @Test func refusedLoginsAreFailuresAndSaidOnce() async throws {
        let pool = pool(faults: Faults(refuseLogin: "IP Address currently banned"))
        let client = try client(PoolURL("127.0.0.1:\(await pool.start())"), options())
        let log = EventLog(running: client)
        _ = try await eventually("eight tries") { time.sleeps.count >= 8 ? true : nil }
        #expect(log.all == [.disconnected(reason: "\(client.name): login refused: IP Address currently banned")])
        #expect(time.sleeps.prefix(8).map { $0 / .seconds(1) } == [1, 2, 4, 8, 10, 10, 10, 10])
        await pool.setFaults(Faults())
        _ = try await log.job()
        await log.stop()
        await pool.stop()
    }

    @Test func unansweredLoginsAreFailures() async throws {
        let pool = pool(faults: Faults(ignoreLogin: true))
        let client = try client(
            PoolURL("127.0.0.1:\(await pool.start())"), options { $0.loginDeadline = .milliseconds(20) })
        let log = EventLog(running: client)
        #expect(try await log.disconnection().hasSuffix("the login was not answered"))
        await log.stop()
        await pool.stop()
    }

    @Test(arguments: [
        ("hello\n", "not JSON at byte 0"), ("{\"method\":\"job\"\n", "ends too early"), ("[]\n", "not a message"),
        (String(repeating: "x", count: 16_385), "longer than 16384"),
        (String(repeating: "[", count: 40) + "\n", "deeper than 16"),
        ("{\"method\":\"job\",\"params\":\(jobText(blob: "00"))}\n", "a blob of 1 bytes"),
        ("{\"method\":\"job\",\"params\":\(jobText(changing: ["height": "1099511627776"]))}\n", "height 1099511627776"),
    ]) func pastTheBoundsTheConnectionIsClosed(_ garbage: String, _ reason: String) async throws {
        let pool = pool(faults: Faults(garbage: garbage))
        let client = try client(PoolURL("127.0.0.1:\(await pool.start())"), options())
        let log = EventLog(running: client)
        let said = try await log.disconnection()
        #expect(said.contains(reason), "\(said)")
        await pool.setFaults(Faults())
        try await log.connected(2)
        await log.stop()
        await pool.stop()
    }

    @Test func badJobsAreRefusedAndTheOldOneGoesOn() async throws {
        let bad = jobText(changing: ["target": "\"00000000\""])
        let pool = pool(faults: Faults(garbage: "{\"method\":\"job\",\"params\":\(bad)}\n"))
        let client = try client(PoolURL("127.0.0.1:\(await pool.start())"), options())
        let log = EventLog(running: client)
        #expect(try await log.refusal() == "job J1: target '00000000' is not 8 or 16 hex digits above zero")
        #expect(await client.submit(try find(try await log.job().job)) == .accepted)
        #expect(log.disconnections.isEmpty)
        await log.stop()
        await pool.stop()
    }

    @Test func reconnectsAfterThePoolWasDown() async throws {
        let pool = pool()
        let port = try await pool.start()
        let client = try client(PoolURL("127.0.0.1:\(port)"), options())
        let log = EventLog(running: client)
        _ = try await log.job()
        // A good connection: waits begin anew.
        time.pass(.seconds(31))
        await pool.stop()
        _ = try await eventually("five tries") { time.sleeps.count >= 5 ? true : nil }
        #expect(time.sleeps.prefix(5).map { $0 / .seconds(1) } == [1, 2, 4, 8, 10])
        #expect(log.disconnections == ["127.0.0.1:\(port): the pool closed the connection"])
        try await pool.start(port: port)
        #expect(await client.submit(try find(try await log.job(2).job)) == .accepted)
        await log.stop()
        await pool.stop()
    }

    @Test func noPasswordInAnyEvent() async throws {
        let pool = pool(faults: Faults(refuseLogin: "no"))
        let client = try client(PoolURL("127.0.0.1:\(await pool.start())"), options())
        let log = EventLog(running: client)
        _ = try await log.disconnection()
        #expect(!"\(log.all)".contains("secret"))
        await log.stop()
        await pool.stop()
    }
}

/// Pools that are unlike the sandbox's.
@Suite(.timeLimit(.minutes(5))) struct OtherPoolsTests {
    private let time = FakeTime()

    private func client(_ url: PoolURL, _ change: (inout UpstreamOptions) -> Void = { _ in }) throws -> StratumClient {
        var options = UpstreamOptions(backoff: time.backoff)
        change(&options)
        return try StratumClient(url: url, login: Login(user: "u"), options: options)
    }

    @Test(arguments: ["1", "\"1\""]) func extensionsDecideWhatIsSent(_ id: String) async throws {
        let server = ScriptedServer()
        let client = try client(try await server.start())
        let log = EventLog(running: client)
        let login = try await server.line()
        #expect(login["method"] == .string("login"))
        #expect(login["params"]?["algo"]?.array?.first == .string("cn/0"))
        try await server.acceptLogin(id: id, job: jobText(id: "5"))
        let job = try await log.job().job
        async let outcome = client.submit(Share(job: job, nonce: 1, digest: Digest(), device: .cpu))
        let submit = try await server.line(2)
        #expect(submit["params"]?["algo"] == nil)
        #expect(submit["params"]?["job_id"] == .number("5"))
        #expect(submit["params"]?["id"] == .string("c1"))
        await server.send("{\"id\":\"\(submit["id"]?.uint64 ?? 0)\",\"result\":{\"status\":\"OK\"},\"error\":null}\n")
        #expect(await outcome == .accepted)
        await log.stop()
        await server.stop()
    }

    @Test func repliesMayComeInAnyOrderAndInPieces() async throws {
        let server = ScriptedServer()
        let client = try client(try await server.start())
        let log = EventLog(running: client)
        try await server.acceptLogin(extensions: "[\"algo\"]", job: jobText())
        let job = try await log.job().job
        async let first = client.submit(Share(job: job, nonce: 1, digest: Digest(), device: .cpu))
        let one = try await server.line(2)
        #expect(one["params"]?["algo"] == .string("rx/0"))
        async let second = client.submit(Share(job: job, nonce: 2, digest: Digest(), device: .cpu))
        let two = try await server.line(3)
        let text =
            "{\"id\":\(two["id"]?.text ?? ""),\"error\":\"Duplicate share\"}\n{\"id\":999,\"result\":true}\n"
            + "{\"id\":\(one["id"]?.text ?? ""),\"result\":true}\n"
        for byte in text.utf8 { await server.send(bytes: [byte]) }
        #expect(await second == .rejected(reason: "Duplicate share"))
        #expect(await first == .accepted)
        await log.stop()
        await server.stop()
    }

    @Test func aLoginMayComeWithoutAJobOrAfterOne() async throws {
        let server = ScriptedServer()
        let client = try client(try await server.start())
        let log = EventLog(running: client)
        _ = try await server.line()
        await server.send("{\"method\":\"job\",\"params\":\(jobText(id: "\"early\""))}\n")
        try await server.acceptLogin()
        #expect(try await log.job().job.id.name == "early")
        #expect(log.all.first == .connected)
        await server.send("{\"method\":\"job\",\"params\":\(jobText(id: "\"late\""))}\n")
        #expect(try await log.job(2).job.id.name == "late")
        await log.stop()
        await server.stop()
    }

    @Test(arguments: [
        "{\"id\":1,\"error\":{\"code\":-1}}", "{\"id\":null,\"error\":\"banned\"}",
        "{\"id\":1,\"result\":{\"status\":\"OK\"}}",
        "{\"id\":1,\"result\":null}", "{\"id\":1,\"result\":{\"id\":[],\"status\":\"OK\"}}",
        "{\"id\":1,\"result\":{\"id\":\"c\",\"status\":\"WAIT\"}}",
    ]) func loginRepliesThatAreNone(_ reply: String) async throws {
        let server = ScriptedServer()
        let client = try client(try await server.start { _ in reply + "\n" })
        let log = EventLog(running: client)
        let said = try await log.disconnection()
        #expect(said.contains("login refused"), "\(said)")
        #expect(log.connections == 0)
        await log.stop()
        await server.stop()
    }

    @Test func keepalivesAreSentAndSilenceCountsOnlyWhereAnnounced() async throws {
        let server = ScriptedServer()
        // Not announced, asked for by the user: silence means nothing.
        let quiet = try client(try await server.start()) {
            $0.keepalive = true
            $0.keepaliveInterval = .milliseconds(5)
            $0.requestDeadline = .milliseconds(5)
        }
        var log = EventLog(running: quiet)
        try await server.acceptLogin()
        for n in 2...6 { #expect(try await server.line(n)["method"] == .string("keepalived")) }
        #expect(log.disconnections.isEmpty)
        await log.stop()
        await server.stop()

        let other = ScriptedServer()
        let announced = try client(try await other.start()) {
            $0.keepaliveInterval = .milliseconds(5)
            $0.requestDeadline = .milliseconds(5)
        }
        log = EventLog(running: announced)
        try await other.acceptLogin(extensions: "[\"keepalive\"]")
        #expect(try await log.disconnection().hasSuffix("no answer to keepalive"))
        await log.stop()
        await other.stop()
    }

    @Test func theSameJobAgainIsTheSameWork() async throws {
        let server = ScriptedServer()
        let client = try client(try await server.start())
        let log = EventLog(running: client)
        try await server.acceptLogin(job: jobText())
        let before = try await log.job()
        await server.drop()
        try await server.acceptLogin(2, job: jobText())
        #expect(try await log.job(2) == before)
        // The pool has kept the job, so a share found before the outage can still be sent.
        async let outcome = client.submit(Share(job: before.job, nonce: 3, digest: Digest(), device: .cpu))
        let submit = try await server.line(3)
        await server.send("{\"id\":\(submit["id"]?.text ?? ""),\"result\":true}\n")
        #expect(await outcome == .accepted)
        await log.stop()
        await server.stop()
    }
}
