import NIOCore
import NIOPosix
import NightjarCore
import NightjarJSON
import NightjarPlatform
import NightjarWire
import Synchronization
import TestSupport
import Testing

/// What goes wrong in the field, over real sockets; each test is named after the case. Those that are about a job's or
/// a message's form are in `StratumClientTests` and `JobReaderTests`, those about several pools in `PoolGroupTests` and
/// `ReturnTests`, those about certificates in `TLSTests`.
@Suite(.timeLimit(.minutes(5))) struct FieldTests {
    private let time = FakeTime()

    private func client(
        _ url: PoolURL, password: String = "x", _ change: (inout UpstreamOptions) -> Void = { _ in }
    ) throws -> StratumClient {
        var options = UpstreamOptions(backoff: time.backoff)
        options.checkInterval = .milliseconds(5)
        change(&options)
        return try StratumClient(url: url, login: Login(user: "u", password: password), options: options)
    }

    private func job(_ id: Int) -> String { "{\"method\":\"job\",\"params\":\(jobText(id: "\"\(id)\""))}\n" }

    /// A clock that a test sets forward.
    private final class Clock: Sendable {
        private let ahead = Locked((monotonic: Duration.zero, boot: Duration.zero, real: Duration.zero, reads: 0))

        func jump(monotonic: Duration = .zero, boot: Duration = .zero, real: Duration = .zero) {
            ahead.withLock { $0 = ($0.monotonic + monotonic, $0.boot + boot, $0.real + real, 0) }
        }

        /// Lets so much time pass, and waits until the connection has looked at it.
        func pass(_ duration: Duration) async throws {
            jump(monotonic: duration, boot: duration, real: duration)
            try await settle()
        }

        func settle() async throws {
            ahead.withLock { $0.reads = 0 }
            _ = try await eventually("two looks at the clock") { ahead.withLock { $0.reads } >= 2 ? true : nil }
        }

        var read: @Sendable () -> ClockReading {
            { [self] in
                var reading = ClockReading.now
                ahead.withLock {
                    reading.monotonic += $0.monotonic
                    reading.boot += $0.boot
                    reading.real += $0.real
                    $0.reads += 1
                }
                return reading
            }
        }
    }

    // MARK: Half-open connections, suspended machines

    @Test func aPoolWithoutJobsIsLeftByTheRhythmItHad() async throws {
        let server = ScriptedServer()
        let clock = Clock()
        let client = try client(try await server.start()) {
            $0.clocks = clock.read
            $0.jobSpacing = .zero
        }
        let log = EventLog(running: client)
        try await server.acceptLogin(job: jobText(id: "\"0\""))
        // A job every ten seconds, forty times: then 200 s without one are too many.
        for n in 1...40 {
            _ = try await log.job(n)
            try await clock.pass(.seconds(10))
            await server.send(job(n))
        }
        _ = try await log.job(41)
        for _ in 0..<6 { try await clock.pass(.seconds(25)) }
        #expect(log.disconnections.isEmpty)
        for _ in 0..<2 { try await clock.pass(.seconds(25)) }
        clock.jump(monotonic: .seconds(25), boot: .seconds(25), real: .seconds(25))
        let reason = try await log.disconnection()
        #expect(reason.contains("no new job for 2"), "\(reason)")
        try await server.acceptLogin(2, job: jobText())
        try await log.connected(2)
        await log.stop()
        await server.stop()
    }

    /// It lets the miner in and has no work, as a pool whose node is down.
    @Test func aPoolThatGivesNoFirstJobIsLeftSoon() async throws {
        let server = ScriptedServer()
        let clock = Clock()
        let client = try client(try await server.start()) { $0.clocks = clock.read }
        let log = EventLog(running: client)
        try await server.acceptLogin()
        try await log.connected()
        for _ in 0..<2 { try await clock.pass(.seconds(25)) }
        #expect(log.disconnections.isEmpty)
        clock.jump(monotonic: .seconds(25), boot: .seconds(25), real: .seconds(25))
        #expect(try await log.disconnection() == "\(client.name): no job within 60 s of the connection")
        await log.stop()
        await server.stop()
    }

    @Test func acceptedSharesAreSignsOfLife() async throws {
        let server = ScriptedServer()
        let clock = Clock()
        let client = try client(try await server.start()) {
            $0.clocks = clock.read
            $0.idle.most = .seconds(40)
            $0.idle.least = .seconds(40)
        }
        let log = EventLog(running: client)
        try await server.acceptLogin(job: jobText())
        let job = try await log.job().job
        for n in 0..<4 {
            try await clock.pass(.seconds(25))
            async let outcome = client.submit(Share(job: job, nonce: UInt32(n), digest: Digest(), device: .cpu))
            let submit = try await server.line(n + 2)
            await server.send("{\"id\":\(submit["id"]?.text ?? ""),\"result\":true}\n")
            #expect(await outcome == .accepted)
        }
        #expect(log.disconnections.isEmpty)
        await log.stop()
        await server.stop()
    }

    @Test(arguments: ["suspended", "stopped", "clock jumped by 31", "clock jumped by -31"])
    func aClockThatJumpsLogsInAgain(_ what: String) async throws {
        let server = ScriptedServer()
        let clock = Clock()
        let client = try client(try await server.start()) { $0.clocks = clock.read }
        let log = EventLog(running: client)
        try await server.acceptLogin(job: jobText())
        _ = try await log.job()
        try await clock.settle()
        #expect(log.disconnections.isEmpty)
        switch what {
        case "suspended": clock.jump(boot: .seconds(31), real: .seconds(31))
        case "stopped": clock.jump(monotonic: .seconds(31), boot: .seconds(31), real: .seconds(31))
        case "clock jumped by 31": clock.jump(real: .seconds(31))
        default: clock.jump(real: .seconds(-31))
        }
        #expect(try await log.disconnection().contains(what))
        try await server.acceptLogin(2, job: jobText())
        _ = try await log.job(2)
        await log.stop()
        await server.stop()
    }

    @Test func smallJumpsAreNone() async throws {
        let server = ScriptedServer()
        let clock = Clock()
        let client = try client(try await server.start()) { $0.clocks = clock.read }
        let log = EventLog(running: client)
        try await server.acceptLogin(job: jobText())
        _ = try await log.job()
        for _ in 0..<3 {
            clock.jump(boot: .seconds(29), real: .seconds(29))
            try await clock.settle()
        }
        #expect(log.disconnections.isEmpty)
        await log.stop()
        await server.stop()
    }

    // MARK: Lines

    @Test func aLineThatDoesNotEndIsTooLong() async throws {
        let server = ScriptedServer()
        let clock = Clock()
        let client = try client(try await server.start()) {
            $0.clocks = clock.read
            $0.lineDeadline = .seconds(30)
        }
        let log = EventLog(running: client)
        try await server.acceptLogin(job: jobText())
        _ = try await log.job()
        // One byte at a time, more slowly than a line may come.
        var sent = 0
        for byte in "{\"method\":\"job\",\"params\":".utf8 where log.disconnections.isEmpty {
            await server.send(bytes: [byte])
            sent += 1
            try await clock.pass(.seconds(5))
        }
        #expect(try await log.disconnection().contains("a line that does not end within"))
        #expect(sent >= 6, "it has its thirty seconds")
        try await server.acceptLogin(2, job: jobText())
        _ = try await log.job(2)
        await log.stop()
        await server.stop()
    }

    // MARK: Floods

    @Test func aFloodOfJobsIsTheNewestNowAndThen() async throws {
        let server = ScriptedServer()
        let client = try client(try await server.start()) { $0.jobSpacing = .milliseconds(100) }
        let log = EventLog(running: client)
        try await server.acceptLogin(job: jobText(id: "\"first\""))
        _ = try await log.job()
        for n in 1...3000 { await server.send(job(n)) }
        _ = try await eventually("the newest") { log.jobs.last?.job.id.name == "3000" ? true : nil }
        // In order, and none twice.
        let numbers = log.jobs.compactMap { Int($0.job.id.name) }
        #expect(numbers == Array(Set(numbers)).sorted())
        #expect(log.disconnections.isEmpty)
        await log.stop()
        await server.stop()
    }

    @Test func aShareForAJobOfLongAgoIsStale() async throws {
        let server = ScriptedServer()
        let client = try client(try await server.start()) { $0.jobSpacing = .zero }
        let log = EventLog(running: client)
        try await server.acceptLogin(job: jobText(id: "\"0\""))
        let first = try await log.job().job
        for n in 1...200 { await server.send(job(n)) }
        _ = try await log.job(201)
        let share = Share(job: first, nonce: 1, digest: Digest(), device: .cpu)
        #expect(await client.submit(share) == .stale(reason: "its job was replaced too long ago"))
        // The same name for other work: the old work's shares are stale, too.
        await server.send("{\"method\":\"job\",\"params\":\(jobText(id: "\"200\"", target: "\"b88d0601\""))}\n")
        _ = try await log.job(202)
        let other = Share(job: log.jobs[200].job, nonce: 1, digest: Digest(), device: .cpu)
        #expect(await client.submit(other) == .stale(reason: "its job was replaced too long ago"))
        await log.stop()
        await server.stop()
    }

    @Test func aFloodOfRefusalsIsSaidOnceASecond() async throws {
        let server = ScriptedServer()
        let client = try client(try await server.start())
        let log = EventLog(running: client)
        try await server.acceptLogin(job: jobText())
        _ = try await log.job()
        let bad = "{\"method\":\"job\",\"params\":\(jobText(target: "\"0\""))}\n"
        for _ in 0..<2000 { await server.send(bad) }
        await server.send(job(2))
        _ = try await log.job(2)
        #expect((1...20).contains(log.refusals.count))
        await log.stop()
        await server.stop()
    }

    // MARK: Secrets

    @Test func whatAPoolRepeatsOfThePasswordIsCovered() async throws {
        let password = "hunter2"
        let refusing = ScriptedServer()
        var log = EventLog(running: try client(try await refusing.start(), password: password))
        _ = try await refusing.line()
        await refusing.send("{\"id\":1,\"error\":{\"message\":\"no user u with \\u0068unter2\"}}\n")
        #expect(try await log.disconnection().hasSuffix("login refused: no user u with [secret]; check -u u"))
        await log.stop()
        await refusing.stop()

        let server = ScriptedServer()
        let client = try client(try await server.start(), password: password)
        log = EventLog(running: client)
        try await server.acceptLogin(job: jobText())
        let job = try await log.job().job
        for (n, reply) in [
            "{\"error\":\"bad hunter2\"", "{\"result\":{\"status\":\"hunter2\"}", "{\"result\":\"hunter2!\"",
        ].enumerated() {
            async let outcome = client.submit(Share(job: job, nonce: UInt32(n), digest: Digest(), device: .cpu))
            let id = try await server.line(n + 2)["id"]?.text ?? ""
            await server.send("\(reply),\"id\":\(id)}\n")
            let words = "\(await outcome)"
            #expect(words.contains("[secret]") && !words.contains(password), "\(words)")
        }
        await server.send("{\"error\":\"hunter2 was here\"}\n")
        #expect(try await log.refusal() == "[secret] was here")
        await server.send("{\"method\":\"job\",\"params\":\(jobText(target: "\"hunter2\""))}\n")
        await server.send("{\"id\":99,\"error\":\"Unauthenticated: hunter2\"}\n")
        #expect(try await log.disconnection().hasSuffix("Unauthenticated: [secret]"))
        #expect(!"\(log.all)".contains(password))
        await log.stop()
        await server.stop()
    }

    // MARK: client.reconnect

    @Test func reconnectIsForTheSameHostAlone() async throws {
        let (server, other, thief) = (ScriptedServer(), ScriptedServer(), ScriptedServer())
        let client = try client(try await server.start())
        let otherPort = try await other.start().port
        let thiefPort = try await thief.start().port
        let log = EventLog(running: client)
        try await server.acceptLogin(job: jobText())
        _ = try await log.job()
        await server.send("{\"method\":\"client.reconnect\",\"params\":[\"localhost\",\(thiefPort),0]}\n")
        #expect(try await log.refusal().contains("client.reconnect to localhost is ignored"))
        #expect(log.disconnections.isEmpty)
        await server.send(
            "{\"id\":null,\"method\":\"client.reconnect\",\"params\":[\"127.0.0.1\",\"\(otherPort)\",0]}\n")
        #expect(try await log.disconnection().hasSuffix("the pool asked for a new connection"))
        try await other.acceptLogin(job: jobText())
        _ = try await log.job(2)
        // Only that once: the next connection is where the user said.
        await other.send("{\"method\":\"client.reconnect\"}\n")
        try await server.acceptLogin(2, job: jobText())
        _ = try await log.job(3)
        #expect(await thief.connections == 0)
        await log.stop()
        for server in [server, other, thief] { await server.stop() }
    }

    // MARK: Names

    private struct Records: Resolver {
        let loop: any EventLoop
        let addresses: [String]

        func initiateAQuery(host: String, port: Int) -> EventLoopFuture<[SocketAddress]> {
            loop.submit { try addresses.map { try SocketAddress(ipAddress: $0, port: port) } }
        }

        func initiateAAAAQuery(host: String, port: Int) -> EventLoopFuture<[SocketAddress]> {
            loop.makeSucceededFuture([])
        }

        func cancelQueries() {}
    }

    @Test func allOfANamesAddressesAreTried() async throws {
        let server = ScriptedServer()
        let port = try await server.start().port
        // The server listens at 127.0.0.1 alone.
        let client = try client(PoolURL("pool.example:\(port)")) {
            $0.resolver = { Records(loop: $0, addresses: ["127.0.0.9", "127.0.0.8", "127.0.0.1"]) }
        }
        let log = EventLog(running: client)
        try await server.acceptLogin(job: jobText())
        _ = try await log.job()
        #expect(log.disconnections.isEmpty)
        await log.stop()
        await server.stop()
    }

    @Test func aNameWithoutAddressesIsAnOutageAndTriedAgain() async throws {
        let server = ScriptedServer()
        let port = try await server.start().port
        let known = Locked(false)
        let client = try client(PoolURL("pool.example:\(port)")) {
            $0.resolver = { loop in Records(loop: loop, addresses: known.withLock { $0 } ? ["127.0.0.1"] : []) }
        }
        let log = EventLog(running: client)
        let reason = try await log.disconnection()
        #expect(reason.hasPrefix("pool.example:\(port): "), "\(reason)")
        known.withLock { $0 = true }
        try await server.acceptLogin(job: jobText())
        _ = try await log.job()
        await log.stop()
        await server.stop()
    }

    // MARK: P2Pool

    /// It announces no keepalives and answers none, and numbers its jobs. These are its answers to shares; with `Submit
    /// failed` it refuses the second share that its sidechain could take from the same job.
    @Test func p2poolIsAPool() async throws {
        let server = ScriptedServer()
        let client = try client(try await server.start()) {
            $0.keepalive = true
            $0.keepaliveInterval = .milliseconds(5)
            $0.requestDeadline = .seconds(1)
        }
        let log = EventLog(running: client)
        let target = "\"e1b48ae7b9030000\""
        try await server.acceptLogin(extensions: "[\"algo\"]", job: jobText(id: "\"17\"", target: target))
        let job = try await log.job().job
        #expect(job.target.difficulty.value > 1 << 20)
        let cases: [(String, ShareOutcome)] = [
            ("\"error\":null,\"result\":{\"status\":\"OK\"}", .accepted),
            ("\"error\":{\"message\":\"Stale share\"}", .stale(reason: "Stale share")),
            ("\"error\":{\"message\":\"Invalid job id\"}", .stale(reason: "Invalid job id")),
            ("\"error\":{\"message\":\"Low diff share\"}", .rejected(reason: "Low diff share")),
            ("\"error\":{\"message\":\"Submit failed\"}", .rejected(reason: "Submit failed")),
        ]
        for (nonce, (reply, expected)) in cases.enumerated() {
            async let outcome = client.submit(Share(job: job, nonce: UInt32(nonce), digest: Digest(), device: .cpu))
            let id = try await eventually("the share") {
                let submits = try await server.lines.map { try JSON(parsing: $0.utf8) }.filter {
                    $0["method"] == .string("submit")
                }
                return submits.count > nonce ? submits[nonce]["id"]?.text : nil
            }
            await server.send("{\"id\":\(id),\"jsonrpc\":\"2.0\",\(reply)}\n")
            #expect(await outcome == expected)
        }
        // Many unanswered keepalives later, of which the first ones' deadline is over, it is still there.
        let keepalives = { await server.lines.count { $0.contains("keepalived") } }
        try await eventually("keepalives") { await keepalives() >= 250 }
        #expect(log.disconnections.isEmpty)
        await log.stop()
        await server.stop()
    }
}
