import NIOCore
import NightjarCore
import NightjarNode
import NightjarWire
import TestSupport
import Testing

/// A server that speaks another protocol than the one that the user wrote: the words say what to write instead.
@Suite(.timeLimit(.minutes(5))) struct WrongPortTests {
    private let time = FakeTime()

    /// Why the first connection failed.
    ///
    /// - Parameters:
    ///   - says: what the server sends, at once or after the first bytes; then it closes the connection.
    private func reason(
        _ scheme: String = "", algorithm: Algorithm? = nil, afterALine: Bool = true, says bytes: [UInt8]
    ) async throws -> (words: String, port: Int) {
        let server = try await LoopbackServer.start(port: 0) { channel, received in
            if afterALine { for await _ in received { break } }
            try? await channel.writeAndFlush(ByteBuffer(bytes: bytes))
        }
        var options = UpstreamOptions(backoff: time.backoff)
        options.algorithm = algorithm
        let settings = PoolSettings(url: try PoolURL("\(scheme)127.0.0.1:\(server.port)"), user: "u")
        let log = EventLog(running: try settings.link(options: options))
        let words = try await log.disconnection()
        await log.stop()
        await server.stop()
        return (words, server.port)
    }

    private static let alert: [UInt8] = [0x15, 3, 3, 0, 2, 2, 22]

    @Test(arguments: [nil, Algorithm.sha256d]) func aTLSPortIsNamed(_ algorithm: Algorithm?) async throws {
        // An alert; a server that begins the handshake itself; an alert of an old version.
        for bytes in [Self.alert, [0x16, 3, 1, 0, 80, 1], [0x15, 3, 1, 0, 2, 2, 80]] as [[UInt8]] {
            let (words, port) = try await reason(algorithm: algorithm, says: bytes)
            #expect(
                words.hasSuffix(": this port seems to speak TLS: write stratum+tls://127.0.0.1:\(port)"), "\(words)")
        }
    }

    /// Many servers only close the connection.
    @Test func silenceMayBeATLSPort() async throws {
        let (words, port) = try await reason(says: [])
        #expect(
            words.hasSuffix(": it said nothing; if this port speaks TLS, write stratum+tls://127.0.0.1:\(port)"),
            "\(words)")
    }

    @Test(arguments: ["HTTP/1.1 400 Bad Request\r\n\r\n", "HTTP/1.0 404 Not Found\r\nServer: Epee-based\r\n\r\n"])
    func aNodesPortIsNamed(_ answer: String) async throws {
        for algorithm in [nil, Algorithm.scrypt] {
            let (words, port) = try await reason(algorithm: algorithm, says: Array(answer.utf8))
            #expect(
                words.hasSuffix(
                    ": this port speaks HTTP, as nodes do: write daemon+http://127.0.0.1:\(port) to mine at a node"),
                "\(words)")
        }
    }

    @Test(arguments: [
        ("SSH-2.0-OpenSSH_9.2p1\r\n", "SSH"), ("220 mail.example.org ESMTP\r\n", "a mail server's or FTP's protocol"),
        ("220-FTP\r\n", "a mail server's or FTP's protocol"), ("+OK ready\r\n", "POP3"), ("* OK IMAP4rev1\r\n", "IMAP"),
        ("RFB 003.008\n", "VNC"), ("-ERR unknown command\r\n", "Redis's protocol"),
        ("<?xml version=\"1.0\"?>\n", "HTML or XML"), ("AMQP\0\0\u{9}\u{1}", "AMQP"),
        ("ERROR\r\n", "memcached's protocol"),
        ("514 Authentication required.\r\n", "the protocol of Tor's control port"),
    ])
    func anotherProtocolIsNamed(_ banner: String, _ name: String) async throws {
        for algorithm in [nil, Algorithm.sha256d] {
            let (words, _) = try await reason(algorithm: algorithm, says: Array(banner.utf8))
            #expect(words.hasSuffix(": this port speaks \(name): is its number right?"), "\(words)")
        }
    }

    @Test(
        arguments: [
            ([0x4A, 0, 0, 0, 10] + Array("8.0.35\0".utf8) + [10], "MySQL"),
            // SETTINGS without and with settings, and what follows them; GOAWAY.
            ([0, 0, 0, 4, 0, 0, 0, 0, 0], "HTTP/2"), ([0, 0, 18, 4, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 128], "HTTP/2"),
            ([0, 0, 34, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 10], "HTTP/2"),
            ([0xFF, 0, 0, 0, 0, 0, 0, 0, 1, 0x7F, 3], "ZeroMQ, as a node's --zmq-pub does"),
            ([1, 0x21, 1, 1, 1, 1, 1, 1, 0, 0], "the protocol between Monero's nodes"),
            ([0xF9, 0xBE, 0xB4, 0xD9] + Array("version\0".utf8), "the protocol between Bitcoin's nodes"),
            ([0xFB, 0xC0, 0xB6, 0xDB] + Array("version\0".utf8), "the protocol between Litecoin's nodes"),
        ] as [([UInt8], String)])
    func aProtocolOfBytesIsNamed(_ bytes: [UInt8], _ name: String) async throws {
        for (algorithm, afterALine) in [(nil, true), (Algorithm.sha256d, false)] {
            let (words, _) = try await reason(algorithm: algorithm, afterALine: afterALine, says: bytes)
            #expect(words.hasSuffix(": this port seems to speak \(name): is its number right?"), "\(words)")
        }
    }

    /// What SOCKS 5 and SOCKS 4 answer to anything else.
    @Test(arguments: [[5, 0xFF], [5, 0], [0, 0x5B], [0, 0x5B, 0, 0, 0, 0, 0, 0]] as [[UInt8]])
    func aProxysPortIsNamed(_ bytes: [UInt8]) async throws {
        for algorithm in [nil, Algorithm.sha256d] {
            let (words, port) = try await reason(algorithm: algorithm, says: bytes)
            let hint = "write it after --proxy, as socks5://127.0.0.1:\(port), and the pool's own address after -o"
            #expect(words.hasSuffix(": this port seems to be a SOCKS proxy: \(hint)"), "\(words)")
        }
    }

    @Test(arguments: [
        "{\"id\":null,\"method\":\"mining.set_difficulty\",\"params\":[1024]}\n",
        "{\"id\":null,\"method\":\"mining.notify\",\"params\":[\"1\"]}\n",
    ]) func bitcoinsStratumIsNamed(_ line: String) async throws {
        let (words, _) = try await reason(says: Array(line.utf8))
        #expect(words.contains("the pool speaks Bitcoin's Stratum (mining."), "\(words)")
        #expect(words.hasSuffix("give -a sha256d or -a scrypt"), "\(words)")
    }

    @Test func monerosStratumIsNamed() async throws {
        let line = "{\"jsonrpc\":\"2.0\",\"method\":\"job\",\"params\":\(jobText())}\n"
        let (words, _) = try await reason(algorithm: .sha256d, says: Array(line.utf8))
        #expect(
            words.hasSuffix("the pool speaks Monero's Stratum: give the algorithm that it is for after -a"), "\(words)")
    }

    /// A pool's port where a node was meant. A pool answers a line; it does not know HTTP.
    @Test(arguments: ["{\"id\":1,\"error\":\"bad JSON\"}\n", "\u{15}\u{3}\u{3}"])
    func noNodeIsNamed(_ answer: String) async throws {
        let (words, _) = try await reason("daemon+http://", says: Array(answer.utf8))
        #expect(
            words.contains("what the server sends is not HTTP; a pool's address begins with stratum+tcp://"), "\(words)"
        )
    }

    /// What such a server says later on is no sign: it has logged the miner in.
    @Test func aPoolThatWorkedIsNotGuessedAt() async throws {
        let server = ScriptedServer()
        let url = try await server.start()
        let log = EventLog(
            running: try PoolSettings(url: url, user: "u").link(options: UpstreamOptions(backoff: time.backoff)))
        try await server.acceptLogin(job: jobText())
        _ = try await log.job()
        await server.drop()
        #expect(try await log.disconnection().hasSuffix(": the pool closed the connection"))
        await log.stop()
        await server.stop()
    }
}
