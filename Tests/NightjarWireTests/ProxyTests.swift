import NIOCore
import NIOPosix
import NightjarCore
import NightjarNode
import NightjarPlatform
import NightjarWire
import Synchronization
import TestSupport
import Testing

/// Connections through a SOCKS5 proxy: the text that names one, the bytes, and whole connections.
@Suite(.timeLimit(.minutes(5))) struct ProxyTests {
    private let time = FakeTime()

    @Test(
        arguments: [
            ("socks5://127.0.0.1:9050", "socks5://127.0.0.1:9050", nil, nil),
            ("SOCKS5H://proxy.example:1080/", "socks5://proxy.example:1080", nil, nil),
            ("socks5://[::1]:1", "socks5://[::1]:1", nil, nil),
            ("socks5://me:pa%3Ass@h:1", "socks5://h:1", "me", "pa:ss"),
            ("socks5://me:p@ss:w@h:1", "socks5://h:1", "me", "p@ss:w"), ("socks5://me:@h:1", "socks5://h:1", "me", ""),
        ] as [(String, String, String?, String?)])
    func addresses(_ text: String, _ shown: String, _ user: String?, _ password: String?) throws {
        let proxy = try SOCKSProxy(text)
        #expect(proxy.description == shown && proxy.login?.user == user && proxy.login?.password == password)
        var dumped = ""
        dump(proxy, to: &dumped)
        #expect(!dumped.contains("me") || user == nil)
    }

    @Test(arguments: [
        "", "h:1", "http://h:1", "socks4://secret:1", "socks5://", "socks5://h", "socks5://h:0", "socks5://secret:x@h",
        "socks5://secret@h:1", "socks5://:secret@h:1", "socks5://a:secret%@h:1", "socks5://a:secret%zz@h:1",
        "socks5://a:%FFsecret@h:1", "socks5://h:1/secret", "socks5://a:secret@h.onion:1",
        "socks5://stratum+tcp://secret:1", "socks5://a:\(String(repeating: "secret", count: 50))@h:1",
    ])
    func badAddresses(_ text: String) throws {
        let error = try #require(throws: SOCKSProxyError.self) { try SOCKSProxy(text) }
        #expect(!"\(error)\(String(reflecting: error))".contains("secret"))
    }

    @Test func aProxyThatOnlyAProxyFindsIsNamed() {
        let error = #expect(throws: SOCKSProxyError.self) { try SOCKSProxy("socks5://abc.onion:1080") }
        #expect(error?.description.hasPrefix("a proxy cannot be a hidden service") == true)
    }

    /// The bytes of RFC 1928 and RFC 1929, each alone.
    @Test func theBytes() throws {
        var exchange = SOCKSExchange(host: "a.onion", port: 0x1234, login: try SOCKSProxy("socks5://u:pw@h:1").login)
        #expect(exchange.greeting == [5, 2, 0, 2])
        func receive(_ bytes: [UInt8]) throws -> SOCKSExchange.Step {
            for byte in bytes.dropLast() { #expect(try exchange.receive([byte]) == .wait) }
            return try exchange.receive(bytes.suffix(1))
        }
        #expect(try receive([5, 2]) == .send([1, 1, 0x75, 2, 0x70, 0x77]))
        #expect(try receive([1, 0]) == .send([5, 1, 0, 3, 7] + Array("a.onion".utf8) + [0x12, 0x34]))
        #expect(try receive([5, 0, 0, 4] + [UInt8](repeating: 9, count: 18)) == .connected(rest: []))
    }

    @Test func addressesGoAsNumbersAndWhatFollowsIsKept() throws {
        var four = SOCKSExchange(host: "10.1.2.3", port: 80, login: nil)
        #expect(four.greeting == [5, 1, 0])
        #expect(try four.receive([5, 0]) == .send([5, 1, 0, 1, 10, 1, 2, 3, 0, 80]))
        #expect(try four.receive([5, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0x68, 0x69]) == .connected(rest: [0x68, 0x69]))
        var six = SOCKSExchange(host: "2001:db8::1", port: 65535, login: nil)
        let address: [UInt8] = [0x20, 1, 0x0D, 0xB8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]
        #expect(try six.receive([5, 0]) == .send([5, 1, 0, 4] + address + [255, 255]))
    }

    /// No bytes of a proxy's make it trap or wait for more than an answer has.
    @Test func anyBytes() {
        var generator = SeededGenerator(seed: 20)
        let likely: [UInt8] = [0, 1, 2, 3, 4, 5, 0xFF]
        for _ in 0..<20_000 {
            var exchange = SOCKSExchange(host: "h", port: 1, login: nil)
            var count = 0
            trying: while true {
                var bytes: [UInt8] = []
                for _ in 0..<Int.random(in: 1...9, using: &generator) {
                    let isLikely = Bool.random(using: &generator)
                    bytes.append(
                        isLikely
                            ? likely.randomElement(using: &generator) ?? 0 : .random(in: 0...255, using: &generator))
                }
                count += bytes.count
                // The longest answers: 2, and 7 with a name of 255 bytes.
                #expect(count < 2 + 7 + 255 + 2 * 9)
                switch try? exchange.receive(bytes) {
                case .wait?, .send?: continue
                case .connected?, nil: break trying
                }
            }
        }
    }

    private func client(
        _ url: String, proxy: String, _ change: (inout UpstreamOptions) -> Void = { _ in }
    ) throws -> any UpstreamLink {
        var options = UpstreamOptions(backoff: time.backoff)
        // A name that is asked of DNS is a failure.
        options.resolver = { NoNames(loop: $0) }
        change(&options)
        var settings = PoolSettings(url: try PoolURL(url), user: "u", password: "pool-secret")
        settings.proxy = try SOCKSProxy(proxy)
        return try settings.link(options: options)
    }

    private struct NoNames: Resolver {
        let loop: any EventLoop

        func initiateAQuery(host: String, port: Int) -> EventLoopFuture<[SocketAddress]> {
            // The proxy's address passes here too.
            let address = try? SocketAddress(ipAddress: host, port: port)
            if address == nil { Issue.record("\(host) was asked of DNS") }
            return loop.makeSucceededFuture(address.map { [$0] } ?? [])
        }

        func initiateAAAAQuery(host: String, port: Int) -> EventLoopFuture<[SocketAddress]> {
            loop.makeSucceededFuture([])
        }

        func cancelQueries() {}
    }

    @Test(arguments: ["", "me:s3cret@"]) func aPoolThatOnlyTheProxyKnows(_ login: String) async throws {
        let pool = ScriptedServer()
        let port = try await pool.start().port
        let proxy = SOCKSServer(
            names: ["zx.onion": port], login: login.isEmpty ? nil : (user: "me", password: "s3cret"))
        let client = try client("zx.onion:3333", proxy: "socks5://\(login)127.0.0.1:\(try await proxy.start())")
        let log = EventLog(running: PoolGroup([client], backoff: time.backoff))
        try await pool.acceptLogin(job: jobText())
        _ = try await log.job()
        #expect(proxy.requests.withLock { $0 } == ["zx.onion 3333"] && log.disconnections.isEmpty)
        await log.stop()
        await proxy.stop()
        await pool.stop()
    }

    /// TLS is between Nightjar and the pool, whose name the certificate must have.
    @Test func tlsInsideTheProxy() async throws {
        let certificates = try Certificates()
        try await certificates.make("authority")
        try await certificates.make("good", for: ["DNS:pool.example"], by: "authority")
        let pool = ScriptedServer()
        let port = try await pool.start(secure: certificates.server("good")).port
        let proxy = SOCKSServer(names: ["pool.example": port])
        let client = try client(
            "stratum+tls://pool.example:443", proxy: "socks5://127.0.0.1:\(try await proxy.start())"
        ) { $0.trust = .file(certificates.path("authority.pem")) }
        let log = EventLog(running: PoolGroup([client], backoff: time.backoff))
        try await pool.acceptLogin(job: jobText())
        _ = try await log.job()
        await log.stop()
        await proxy.stop()
        await pool.stop()
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let fault: SOCKSServer.Fault
        let words: String

        var testDescription: String { "\(fault)" }
    }

    @Test(arguments: [
        Case(fault: .refuses(5), words: "the proxy cannot connect: connection refused"),
        Case(fault: .refuses(2), words: "the proxy cannot connect: its rules forbid it"),
        Case(fault: .refuses(0x99), words: "the proxy cannot connect: code 153"),
        Case(
            fault: .answersGreeting(Array("HTTP/1.1 400 Bad Request\r\n\r\n".utf8)), words: "speaks HTTP and not SOCKS5"
        ),
        Case(fault: .answersGreeting([4, 0]), words: "does not speak SOCKS5"),
        Case(fault: .answersGreeting([5, 0xFF]), words: "wants another kind of login"),
        Case(fault: .answersGreeting([5, 2]), words: "wants another kind of login"),
        Case(fault: .answersGreeting([5]), words: "the proxy closed the connection"),
        Case(fault: .answersGreeting([5, 0, 9]), words: "is not one of SOCKS5"),
        Case(fault: .endsAfter(0), words: "the proxy closed the connection"),
        Case(fault: .endsAfter(5), words: "the proxy closed the connection"),
        Case(fault: .silent, words: "the proxy does not answer"),
    ])
    func aProxyThatFails(_ failing: Case) async throws {
        let pool = ScriptedServer()
        let proxy = SOCKSServer(names: ["p": try await pool.start().port], fault: failing.fault)
        let port = try await proxy.start()
        for url in ["p:1", "daemon+http://p:1"] {
            let client = try client(url, proxy: "socks5://127.0.0.1:\(port)") {
                if failing.fault == .silent { $0.proxyDeadline = .milliseconds(50) }
            }
            let log = EventLog(running: PoolGroup([client], backoff: time.backoff))
            let reason = try await log.disconnection()
            #expect(reason.contains(failing.words), "\(reason)")
            #expect(log.connections == 0)
            await log.stop()
        }
        await proxy.stop()
        await pool.stop()
    }

    @Test func aWrongLoginIsSaidAndNotShown() async throws {
        let proxy = SOCKSServer(names: [:], login: (user: "me", password: "right"))
        let client = try client("p:1", proxy: "socks5://me:wr0ng-secret@127.0.0.1:\(try await proxy.start())")
        let log = EventLog(running: PoolGroup([client], backoff: time.backoff))
        let reason = try await log.disconnection()
        #expect(reason.contains("the proxy refuses the login") && !reason.contains("wr0ng"))
        await log.stop()
        await proxy.stop()
    }

    @Test func aProxyThatIsNotThere() async throws {
        let client = try client("p:1", proxy: "socks5://127.0.0.1:1")
        let log = EventLog(running: PoolGroup([client], backoff: time.backoff))
        #expect(try await log.disconnection().contains("the proxy cannot be reached: connection refused"))
        await log.stop()
    }

    /// Without a proxy there is no connection, and no question.
    @Test(arguments: ["zx.onion:1", "daemon+http://zx.onion:1", "stratum+tls://a.i2p.:1"])
    func aHiddenServiceNeedsAProxy(_ url: String) throws {
        let settings = PoolSettings(url: try PoolURL(url), user: "u")
        let error = try #require(throws: PoolURLError.self) { try settings.link(options: UpstreamOptions()) }
        #expect(error.description.contains("--proxy"))
    }
}
