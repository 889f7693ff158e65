import NIOCore
import NightjarCore
import NightjarWire
import TestSupport
import Testing

/// A client at a sandbox pool where something goes wrong.
@Suite(.timeLimit(.minutes(5))) struct StratumTroubleTests: AtASandbox {
    let time = FakeTime()

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

    /// It accepts the login and never reads again.
    @Test func aPoolThatDoesNotReadIsLeft() async throws {
        let server = try await LoopbackServer.start(port: 0) { channel, received in
            var incoming = received.makeAsyncIterator()
            guard await incoming.next() != nil else { return }
            let id = String(repeating: "x", count: 200)
            let login = #"{"id":1,"error":null,"result":{"id":"\#(id)","status":"OK","job":\#(jobText())}}"# + "\n"
            _ = try? await channel.writeAndFlush(ByteBuffer(string: login)).get()
            try? await channel.closeFuture.get()
        }
        let client = try client(
            PoolURL("127.0.0.1:\(server.port)"), options { $0.requestDeadline = .seconds(3600) })
        let log = EventLog(running: client)
        let job = try await log.job().job
        let share = Share(job: job, nonce: 1, proof: fakeProof(job.work.fixed(nonce: 1)), device: .cpu)
        await withTaskGroup { group in
            for _ in 0..<100_000 where log.disconnections.isEmpty {
                group.addTask { _ = await client.submit(share) }
                await Task.yield()
            }
            // Those that are still waiting for an answer end with the connection.
            if log.disconnections.isEmpty { await server.stop() }
        }
        #expect(log.disconnections.first?.contains("does not read what it is sent") == true, "\(log.disconnections)")
        await log.stop()
        await server.stop()
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
        #expect(
            log.plain == [
                .disconnected(pool: client.name, reason: "\(client.name): login refused: IP Address currently banned")
            ])
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
        // A server that says nothing may wait for TLS to begin.
        let said = try await log.disconnection()
        #expect(said.contains("the login was not answered: it said nothing; if this port speaks TLS, "), "\(said)")
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
