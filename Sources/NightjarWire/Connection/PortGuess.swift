/// What a server that was spoken to in the wrong protocol seems to speak, by the first bytes that it sends.
struct PortGuess {
    private let url: PoolURL
    private var first: [UInt8] = []

    /// Protocols in which the server speaks first, or answers a line that it does not know, by what it says.
    private static let others: [(start: String, name: String)] = [
        ("SSH-", "SSH"), ("220", "a mail server's or FTP's protocol"), ("+OK", "POP3"), ("* OK", "IMAP"),
        ("RFB ", "VNC"), ("-ERR", "Redis's protocol"), ("-NOAUTH", "Redis's protocol"), ("<", "HTML or XML"),
        ("AMQP", "AMQP"), ("ERROR\r\n", "memcached's protocol"), ("514 Auth", "the protocol of Tor's control port"),
    ]

    /// The same for protocols of bytes. `nil` stands for any byte.
    private static let binary: [(start: [UInt8?], name: String)] = [
        // A length of three bytes, the number 0, and version 10 of the protocol.
        ([nil, nil, 0, 0, 10], "MySQL"),
        // Frames of the connection itself, as a server sends them first: SETTINGS, GOAWAY (RFC 9113, 4.1).
        ([0, nil, nil, 4, nil, 0, 0, 0, 0], "HTTP/2"), ([0, nil, nil, 7, nil, 0, 0, 0, 0], "HTTP/2"),
        // The signature of ZMTP, with which both sides begin.
        ([0xFF, nil, nil, nil, nil, nil, nil, nil, nil, 0x7F], "ZeroMQ, as a node's --zmq-pub does"),
        // The heads of messages between nodes.
        ([0x01, 0x21, 0x01, 0x01, 0x01, 0x01, 0x01, 0x01], "the protocol between Monero's nodes"),
        ([0xF9, 0xBE, 0xB4, 0xD9], "the protocol between Bitcoin's nodes"),
        ([0xFB, 0xC0, 0xB6, 0xDB], "the protocol between Litecoin's nodes"),
    ]

    /// Replies of SOCKS 5 with a way to log in, or none (RFC 1928, 3), and of SOCKS 4 (version 0, and a code).
    private static let proxies: [[UInt8]] =
        [[5, 0xFF], [5, 0], [5, 1], [5, 2]] + [[0, 0x5A], [0, 0x5B], [0, 0x5C], [0, 0x5D]]

    /// No protocol needs more bytes to be told.
    private static let enough = 10

    init(_ url: PoolURL) { self.url = url }

    /// Takes the next bytes of the connection.
    mutating func push(_ bytes: some Sequence<UInt8>) {
        guard first.count < Self.enough else { return }
        first += bytes.prefix(Self.enough - first.count)
    }

    /// What to write after `-o` instead; `nil` when nothing tells.
    ///
    /// - Parameter isSilent: whether the server closed the connection before it said anything.
    func hint(isSilent: Bool) -> String? {
        guard !url.isSecure else { return nil }
        // An alert or a handshake (RFC 8446, 5.1).
        if first.count >= 2, first[0] == 0x15 || first[0] == 0x16, first[1] == 0x03 {
            return "this port seems to speak TLS: write \(url.secured)"
        }
        if first.starts(with: "HTTP/".utf8) {
            return
                "this port speaks HTTP, as nodes do: write \(PoolURL(scheme: .node, host: url.host, port: url.port)) "
                + "to mine at a node"
        }
        if let other = Self.others.first(where: { first.starts(with: $0.start.utf8) }) {
            return "this port speaks \(other.name): is its number right?"
        }
        if let other = Self.binary.first(where: { starts(with: $0.start) }) {
            return "this port seems to speak \(other.name): is its number right?"
        }
        if Self.proxies.contains(where: { first.starts(with: $0) }) {
            return
                "this port seems to be a SOCKS proxy: write it after --proxy, as socks5://\(url.authority), "
                + "and the pool's own address after -o"
        }
        guard isSilent, first.isEmpty else { return nil }
        return "it said nothing; if this port speaks TLS, write \(url.secured)"
    }

    private func starts(with pattern: [UInt8?]) -> Bool {
        first.count >= pattern.count && zip(pattern, first).allSatisfy { $0 == nil || $0 == $1 }
    }
}
