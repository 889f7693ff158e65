/// What a server that was spoken to in the wrong protocol seems to speak, by the first bytes that it sends.
struct PortGuess {
    private let url: PoolURL
    private var first: [UInt8] = []

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
        guard isSilent, first.isEmpty else { return nil }
        return "it said nothing; if this port speaks TLS, write \(url.secured)"
    }
}
