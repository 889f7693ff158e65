import NightjarCore
import NightjarJSON
import NightjarWire
import TestSupport
import Testing

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
        #expect(log.connections == 1)
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
