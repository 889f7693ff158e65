/// What a server that was spoken to in the wrong protocol seems to speak, by the first bytes that it sends.
struct PortGuess {
    private let url: PoolURL
    private var first: [UInt8] = []

    /// Protocols in which the server speaks first, or answers a line that it does not know, by what it says.
    private static let others: [(start: String, name: String)] = [
        ("SSH-", "SSH"), ("220", "a mail server's or FTP's protocol"), ("+OK", "POP3"), ("* OK", "IMAP"),
        ("RFB ", "VNC"), ("-ERR", "Redis's protocol"), ("-NOAUTH", "Redis's protocol"), ("<", "HTML or XML"),
    ]

    /// No protocol needs more bytes to be told.
    private static let enough = 8

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
        // A length of three bytes, the number 0, and version 10 of the protocol.
        if first.count >= 5, first[2] == 0, first[3] == 0, first[4] == 10 {
            return "this port seems to speak MySQL: is its number right?"
        }
        guard isSilent, first.isEmpty else { return nil }
        return "it said nothing; if this port speaks TLS, write \(url.secured)"
    }
}
