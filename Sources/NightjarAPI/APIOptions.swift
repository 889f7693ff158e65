import Glibc

/// Where the API listens: a host and a port.
package struct APIAddress: Sendable, Hashable, CustomStringConvertible {
    /// An IP address, without brackets, or a name.
    package let host: String
    /// 0 for any free one.
    package let port: Int

    /// - Parameter text: `PORT`, `HOST:PORT` or `[IPv6]:PORT`; a port alone is one of 127.0.0.1.
    /// - Throws: ``APIError`` that says what is wrong.
    package init(_ text: String) throws(APIError) {
        let colon = text.lastIndex(of: ":")
        let digits = colon.map { text[text.index(after: $0)...] } ?? text[...]
        guard !digits.isEmpty, digits.utf8.count <= 5, digits.utf8.allSatisfy({ (48...57).contains($0) }),
            let port = Int(digits), port <= 65535
        else { throw APIError("'\(text)': a port from 0 to 65535 is needed, as in 127.0.0.1:8080") }
        self.port = port
        guard let colon else {
            host = "127.0.0.1"
            return
        }
        let name = text[..<colon]
        let inside = name.dropFirst().dropLast()
        if name.hasPrefix("["), name.hasSuffix("]"), inside.contains(":"), IPAddress(inside) != nil {
            host = inside.lowercased()
        } else if name.contains(":") || name.contains("[") {
            throw APIError("'\(text)': an IPv6 address stands in brackets, as in [::1]:8080")
        } else {
            guard Self.isName(name) else { throw APIError("'\(text)': '\(name)' is not a host") }
            host = name.lowercased()
        }
    }

    /// What is bound. `localhost` is the loopback interface whatever a resolver says.
    var bound: String { host == "localhost" ? "127.0.0.1" : host }

    /// Whether only this machine reaches it.
    package var isLoopback: Bool { IPAddress(bound)?.isLoopback ?? false }

    package var description: String { Self.text(host: host, port: port) }

    static func text(host: String, port: Int) -> String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

    /// Letters, digits, hyphens, dots and underscores: an IPv4 address too.
    private static func isName(_ text: some StringProtocol) -> Bool {
        !text.isEmpty && text.utf8.count <= 253
            && text.utf8.allSatisfy {
                (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0)
                    || [45, 46, 95].contains($0)
            }
    }
}

/// A numeric IP address, as its 4 or 16 bytes.
struct IPAddress: Hashable, Sendable {
    let bytes: [UInt8]

    /// `nil` when `text` is none. An IPv4 address inside IPv6 (`::ffff:127.0.0.1`) becomes the IPv4 one.
    init?(_ text: some StringProtocol) {
        var buffer = [UInt8](repeating: 0, count: 16)
        let text = String(text)
        if inet_pton(AF_INET, text, &buffer) == 1 {
            bytes = Array(buffer[..<4])
        } else if inet_pton(AF_INET6, text, &buffer) == 1 {
            bytes =
                buffer[..<10].allSatisfy({ $0 == 0 }) && buffer[10] == 0xFF && buffer[11] == 0xFF
                ? Array(buffer[12...]) : buffer
        } else {
            return nil
        }
    }

    /// 127.0.0.0/8 and ::1.
    var isLoopback: Bool {
        bytes.count == 4 ? bytes[0] == 127 : bytes[..<15].allSatisfy { $0 == 0 } && bytes[15] == 1
    }

    /// 0.0.0.0 and ::, which mean all of the machine's addresses.
    var isWildcard: Bool { bytes.allSatisfy { $0 == 0 } }
}

/// What the API is told when it starts.
package struct APIOptions: Sendable {
    package let address: APIAddress
    /// Demanded of every request but those for the dashboard's page and `/health`; without one, nothing can be changed.
    package let token: String?
    /// The miner's version: `0.1.0`.
    package var version = "0"
    /// What the fleet calls this machine; `nil` for its host name.
    package var worker: String?
    /// Names of the algorithms that the devices run.
    package var algorithms: [String] = []
    /// How long a client may take for a request, and for taking the answer, in milliseconds.
    package var patience: Int64 = 15_000
    /// Connections at a time; others wait.
    package var connections = 64

    /// - Throws: ``APIError`` for a token that no header could carry, and for an address that others reach without a
    ///   token.
    package init(address: APIAddress, token: String?) throws(APIError) {
        if let token {
            guard (1...512).contains(token.utf8.count), token.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
                throw APIError("the API's token must be 1 to 512 visible ASCII characters without spaces")
            }
        } else if !address.isLoopback {
            throw APIError(
                "the API on \(address) is open to others, and needs a token (--api-token-file, NIGHTJAR_API_TOKEN)")
        }
        self.address = address
        self.token = token
    }
}

/// An API that cannot be had as it was asked for; one line.
package struct APIError: Error, Sendable, Hashable, CustomStringConvertible {
    package let description: String

    init(_ description: String) { self.description = description }
}
