import NIOCore
import NightjarCore
import NightjarPlatform

/// A pool's or node's address, as a user writes it after `-o`.
///
/// `stratum+tcp://H:P`, `stratum+tls://H:P` (`stratum+ssl://` too), `daemon+http://H:P`, `daemon+https://H:P`, and bare
/// `H:P`, which means `stratum+tcp`. An IPv6 address stands in brackets.
package struct PoolURL: Sendable, Hashable, CustomStringConvertible {
    package enum Scheme: String, Sendable, Hashable {
        /// Stratum over TCP.
        case stratum = "stratum+tcp"
        /// The same over TLS.
        case stratumTLS = "stratum+tls"
        /// A node's JSON-RPC over HTTP.
        case node = "daemon+http"
        /// The same over TLS.
        case nodeTLS = "daemon+https"
    }

    package let scheme: Scheme
    /// A name or an address; an IPv6 address without its brackets.
    package let host: String
    package let port: Int

    /// - Throws: ``PoolURLError``, whose description is one line and never repeats credentials.
    package init(_ text: String) throws(PoolURLError) {
        guard !text.contains("@") else { throw .credentials }
        var rest = text[...]
        if let end = text.firstRange(of: "://") {
            let name = text[..<end.lowerBound].lowercased()
            guard !name.hasPrefix("stratum2+") else { throw .stratumV2 }
            guard let scheme = Self.schemes[name] else { throw .unknownScheme(Self.safe(name)) }
            self.scheme = scheme
            rest = text[end.upperBound...]
        } else {
            scheme = .stratum
        }
        if rest.last == "/" { rest.removeLast() }
        // What follows may be a login.
        let beforePath = rest.prefix { !"/?#".contains($0) }
        guard beforePath.endIndex == rest.endIndex else { throw .path(Self.safe(beforePath)) }

        let hostText: Substring
        let portText: Substring
        if rest.first == "[" {
            guard let close = rest.firstIndex(of: "]") else { throw .badHost(Self.safe(rest)) }
            hostText = rest[rest.index(after: rest.startIndex)..<close]
            let tail = rest[rest.index(after: close)...]
            guard tail.first == ":" else { throw .missingPort(Self.safe(rest)) }
            portText = tail.dropFirst()
            guard case .v6? = try? SocketAddress(ipAddress: String(hostText), port: 0) else {
                throw .badHost(Self.safe(hostText))
            }
        } else {
            guard let colon = rest.lastIndex(of: ":") else { throw .missingPort(Self.safe(rest)) }
            hostText = rest[..<colon]
            portText = rest[rest.index(after: colon)...]
            if hostText.contains(":") {
                guard hostText.utf8.allSatisfy({ $0 == 0x3A || Character(Unicode.Scalar($0)).isHexDigit }) else {
                    throw .credentials
                }
                throw .unbracketed(Self.safe(rest))
            }
            guard Self.isName(hostText) else { throw .badHost(Self.safe(hostText)) }
        }
        guard !portText.isEmpty, portText.utf8.allSatisfy({ (48...57).contains($0) }), let port = Int(portText),
            (1...65535).contains(port)
        else { throw .badPort(portText.utf8.allSatisfy { (48...57).contains($0) } ? Self.safe(portText) : nil) }
        host = String(hostText)
        self.port = port
    }

    package init(scheme: Scheme, host: String, port: Int) {
        self.scheme = scheme
        self.host = host
        self.port = port
    }

    /// Whether it is a node, not a pool.
    package var isNode: Bool { scheme == .node || scheme == .nodeTLS }

    /// Whether the connection is over TLS.
    package var isSecure: Bool { scheme == .stratumTLS || scheme == .nodeTLS }

    /// The same host and port over TLS.
    package var secured: PoolURL { PoolURL(scheme: isNode ? .nodeTLS : .stratumTLS, host: host, port: port) }

    /// Host and port, an IPv6 address in brackets.
    package var authority: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

    /// The URL with its scheme spelled out.
    package var description: String { "\(scheme.rawValue)://\(authority)" }

    private static let schemes: [String: Scheme] = [
        "stratum+tcp": .stratum, "stratum+tls": .stratumTLS, "stratum+ssl": .stratumTLS, "daemon+http": .node,
        "daemon+https": .nodeTLS,
    ]

    private static func isName(_ host: Substring) -> Bool {
        !host.isEmpty && host.utf8.count <= 253
            && host.utf8.allSatisfy {
                switch $0 {
                case 48...57, 65...90, 97...122, UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"): true
                default: false
                }
            }
    }

    private static func safe(_ text: some StringProtocol) -> String { printable(text, limit: 80) }
}
