import NIOCore
import NIOSSL
import NightjarCore
import NightjarNode
import NightjarPlatform
import NightjarWire
import Synchronization
import TestSupport
import Testing

/// Against TLS servers on loopback, with certificates that OpenSSL makes.
@Suite(.serialized, .timeLimit(.minutes(5))) struct TLSTests {
    private let time = FakeTime()
    private let certificates: Certificates

    init() async throws {
        certificates = try Certificates()
        try await certificates.make("authority")
        try await certificates.make("good", for: ["DNS:localhost", "IP:127.0.0.1"], by: "authority")
        try await certificates.make("other", for: ["DNS:pool.example"], by: "authority")
        try await certificates.make("selfsigned", for: ["DNS:pool.example"])
    }

    private func client(
        _ host: String, _ port: Int, pin: String? = nil, trusting: Bool = true,
        _ change: (inout UpstreamOptions) -> Void = { _ in }
    ) throws -> StratumClient {
        var options = UpstreamOptions(backoff: time.backoff)
        if trusting { options.trust = .file(certificates.path("authority.pem")) }
        change(&options)
        var settings = PoolSettings(url: try PoolURL("stratum+tls://\(host):\(port)"), user: "u", password: "secret")
        settings.fingerprint = pin.flatMap { CertificatePin($0) }
        #expect((settings.fingerprint == nil) == (pin == nil))
        return try StratumClient(settings, options: options)
    }

    private func pool() -> SandboxPool {
        SandboxPool(
            SandboxConfiguration(
                algorithms: [.cn0], jobInterval: .seconds(3600), startDifficulty: .one, shareInterval: nil)
        ) { fakeProof($0) }
    }

    /// Mines a share over TLS and compares what is said of the connection with what OpenSSL says of the certificate.
    private func mines(_ client: StratumClient, certificate: String, version: String = "TLSv1.3") async throws {
        let log = EventLog(running: client)
        #expect(await client.submit(try find(try await log.job().job)) == .accepted)
        let security = try #require(client.security)
        #expect(security.version == version)
        #expect(CertificatePin(security.fingerprint) == CertificatePin(try await certificates.fingerprint(certificate)))
        await log.stop()
        #expect(client.security == nil)
    }

    /// The reason of the first failure, and what the server had been sent by then.
    private func failure(_ client: StratumClient, _ server: ScriptedServer) async throws -> String {
        let log = EventLog(running: client)
        let reason = try await log.disconnection()
        #expect(log.connections == 0 && client.security == nil)
        await log.stop()
        #expect(await server.lines == [])
        await server.stop()
        return reason
    }

    @Test(arguments: ["localhost", "127.0.0.1"]) func anAuthoritysWordAndTheRightName(_ host: String) async throws {
        let names = Locked<[String?]>([])
        let pool = pool()
        let port = try await pool.start(
            port: 0, secure: certificates.server("good") { name in names.withLock { $0.append(name) } })
        try await mines(client(host, port), certificate: "good")
        // An address is no server name.
        #expect(names.withLock { $0 } == [host == "localhost" ? host : nil])
        await pool.stop()
    }

    @Test func versionTwoIsEnoughAndLessIsNot() async throws {
        let pool = pool()
        let port = try await pool.start(port: 0, secure: certificates.server("good", versions: (.tlsv12, .tlsv12)))
        try await mines(client("localhost", port), certificate: "good", version: "TLSv1.2")
        await pool.stop()
        let server = ScriptedServer()
        let url = try await server.start(secure: certificates.server("good", versions: (.tlsv1, .tlsv11)))
        #expect(try await failure(client("localhost", url.port), server).contains("does not speak TLS 1.2 or later"))
    }

    @Test func anotherNameIsRefused() async throws {
        for host in ["localhost", "127.0.0.1"] {
            let server = ScriptedServer()
            let url = try await server.start(secure: certificates.server("other"))
            let reason = try await failure(client(host, url.port), server)
            #expect(reason.contains("is not for \(host)"), "\(reason)")
        }
    }

    /// What an authority wrote into the common name was not checked as a server's name is.
    @Test func aCertificateWithoutAlternativeNamesIsRefused() async throws {
        try await certificates.make("common", commonName: "localhost", by: "authority")
        let server = ScriptedServer()
        let url = try await server.start(secure: certificates.server("common"))
        let reason = try await failure(client("localhost", url.port), server)
        #expect(reason.contains("is not for localhost"), "\(reason)")
    }

    @Test(arguments: [
        ("pool.example.org", "pool.example.org", true), ("Pool.Example.ORG", "pool.example.org.", true),
        ("*.example.org", "pool.example.org", true), ("*.example.org", "a.pool.example.org", false),
        ("*.example.org", "example.org", false), ("po*.example.org", "pool.example.org", false),
        ("*ool.example.org", "pool.example.org", false), ("pool.*.org", "pool.example.org", false),
        ("*.org", "example.org", false), ("*", "localhost", false), ("", "localhost", false),
        ("pool.example.org.evil", "pool.example.org", false),
    ])
    func aWildcardIsAWholeLabel(_ pattern: String, _ host: String, _ matches: Bool) {
        #expect(CertificateNames.matches(pattern, host) == matches)
    }

    @Test func strangersAreRefused() async throws {
        for (certificate, trusting) in [("selfsigned", true), ("good", false)] {
            let server = ScriptedServer()
            let url = try await server.start(secure: certificates.server(certificate))
            let reason = try await failure(client("localhost", url.port, trusting: trusting), server)
            #expect(
                reason.contains("no authority that this system trusts vouches for the server's certificate"),
                "\(reason)")
        }
    }

    @Test func aPinNeedsNoAuthorityAndNoName() async throws {
        let pool = pool()
        let port = try await pool.start(port: 0, secure: certificates.server("selfsigned"))
        let pin = try await certificates.fingerprint("selfsigned")
        for text in [pin, pin.lowercased(), pin.replacing(":", with: "")] {
            try await mines(client("127.0.0.1", port, pin: text, trusting: false), certificate: "selfsigned")
        }
        await pool.stop()
    }

    /// A pin is an alternative to the authorities, not one more chance: theirs is not asked.
    @Test func anotherCertificateThanThePinnedIsRefusedAndBothAreShown() async throws {
        let server = ScriptedServer()
        let url = try await server.start(secure: certificates.server("good"))
        let expected = try #require(CertificatePin(try await certificates.fingerprint("other")))
        let shown = try #require(CertificatePin(try await certificates.fingerprint("good")))
        let reason = try await failure(client("localhost", url.port, pin: expected.description), server)
        #expect(
            reason == "localhost:\(url.port): wrong certificate: the SHA-256 fingerprint \(expected) is expected, "
                + "the server has \(shown)")
    }

    @Test func aPoolThatChangesItsCertificateIsLeftUntilItChangesBack() async throws {
        let pool = pool()
        let port = try await pool.start(port: 0, secure: certificates.server("good"))
        let client = try client("localhost", port, pin: try await certificates.fingerprint("good"))
        let log = EventLog(running: client)
        _ = try await log.job()
        await pool.stop()
        _ = try await pool.start(port: port, secure: certificates.server("other"))
        _ = try await eventually("three tries at the changed pool") { await pool.stats.connections >= 4 ? true : nil }
        #expect(log.connections == 1)
        #expect(await pool.stats.logins == 1)
        await pool.stop()
        _ = try await pool.start(port: port, secure: certificates.server("good"))
        #expect(await client.submit(try find(try await log.job(2).job)) == .accepted)
        await log.stop()
        await pool.stop()
    }

    @Test func whoSpeaksNoTLSIsSaidTo() async throws {
        let server = ScriptedServer()
        let url = try await server.start(answer: { _ in "{\"error\":\"hello\"}\n" })
        let log = EventLog(running: try client("localhost", url.port))
        let reason = try await log.disconnection()
        #expect(reason.hasSuffix("the server does not speak TLS"), "\(reason)")
        await log.stop()
        #expect(await !server.lines.joined().contains("login"))
        await server.stop()
    }

    @Test func aHandshakeThatStallsMissesTheDeadline() async throws {
        let server = ScriptedServer()
        let url = try await server.start()
        let log = EventLog(running: try client("localhost", url.port) { $0.loginDeadline = .milliseconds(50) })
        #expect(try await log.disconnection().hasSuffix("the login was not answered"))
        await log.stop()
        await server.stop()
    }

    @Test func aServerThatHangsUpInTheHandshake() async throws {
        let server = try await LoopbackServer.start(port: 0) { channel, received in for await _ in received { return } }
        let log = EventLog(running: try client("localhost", server.port))
        #expect(try await log.disconnection().hasSuffix("the connection was closed during the TLS handshake"))
        await log.stop()
        await server.stop()
    }

    /// monerod with a certificate of its own, and with a login: ten blocks over HTTPS.
    @Test func aNodeOverTLSWithALogin() async throws {
        let node = try await Monerod.start(arguments: [
            "--rpc-ssl", "autodetect", "--rpc-ssl-certificate", certificates.path("good.pem"), "--rpc-ssl-private-key",
            certificates.path("good.key"), "--rpc-login", "miner:se:cret",
        ])
        var settings = PoolSettings(
            url: try PoolURL("daemon+https://127.0.0.1:\(node.rpcPort)"), user: Monerod.address,
            password: "miner:se:cret")
        settings.fingerprint = CertificatePin(try await certificates.fingerprint("good"))
        let options = UpstreamOptions(pollInterval: .milliseconds(50), backoff: time.backoff)
        let client = try NodeClient(settings, options: options)
        let log = EventLog(running: client)
        for n in 1...10 {
            let share = Share(job: try await log.job(n).job, nonce: UInt32(n), digest: Digest(), device: .cpu)
            #expect(await client.submit(share) == .accepted)
        }
        #expect(client.blocks.map(\.height) == Array(1...10))
        #expect(client.security?.fingerprint == settings.fingerprint?.description)
        await log.stop()

        settings.password = "miner:wrong"
        let wrong = EventLog(running: try NodeClient(settings, options: options))
        let reason = try await wrong.disconnection()
        #expect(reason.contains("refuses the login") && !reason.contains("wrong"), "\(reason)")
        await wrong.stop()
    }
}
