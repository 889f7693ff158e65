import NIOCore
import NightjarCore

/// Where a pool or a node listens, as a user writes it after `-o`.
///
/// `stratum+tcp://H:P`, `stratum+tls://H:P` (`stratum+ssl://` too), `daemon+http://H:P`, `daemon+https://H:P`, and bare
/// `H:P`, which means `stratum+tcp`. An IPv6 address stands in brackets.
package struct PoolURL: Sendable, Hashable, CustomStringConvertible {
    package enum Scheme: String, Sendable, Hashable {
        /// Monero-style Stratum over TCP.
        case stratum = "stratum+tcp"
        /// The same over TLS.
        case stratumTLS = "stratum+tls"
        /// A Monero node's JSON-RPC over HTTP.
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
        var rest = text[...]
        if let end = text.firstRange(of: "://") {
            let name = text[..<end.lowerBound].lowercased()
            guard let scheme = Self.schemes[name] else { throw .unknownScheme(Self.safe(name)) }
            self.scheme = scheme
            rest = text[end.upperBound...]
        } else {
            scheme = .stratum
        }
        guard !rest.contains("@") else { throw .credentials }
        if rest.last == "/" { rest.removeLast() }
        guard !rest.contains(where: { "/?#".contains($0) }) else { throw .path(Self.safe(rest)) }

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
            if hostText.contains(":") { throw .unbracketed(Self.safe(rest)) }
            guard Self.isName(hostText) else { throw .badHost(Self.safe(hostText)) }
        }
        guard !portText.isEmpty, portText.utf8.allSatisfy({ (48...57).contains($0) }), let port = Int(portText),
            (1...65535).contains(port)
        else { throw .badPort(Self.safe(portText)) }
        host = String(hostText)
        self.port = port
    }

    package init(scheme: Scheme, host: String, port: Int) {
        self.scheme = scheme
        self.host = host
        self.port = port
    }

    /// A node, and no pool.
    package var isNode: Bool { scheme == .node || scheme == .nodeTLS }

    /// Whether the connection is over TLS.
    package var isSecure: Bool { scheme == .stratumTLS || scheme == .nodeTLS }

    /// The same place, over TLS.
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

    private static func safe(_ text: some StringProtocol) -> String { String(printable(text).prefix(80)) }
}

/// What is wrong with a pool's URL. The description is one line.
package enum PoolURLError: Error, Sendable, Hashable, CustomStringConvertible {
    case unknownScheme(String)
    case missingPort(String)
    case badPort(String)
    case badHost(String)
    case unbracketed(String)
    case path(String)
    /// The text is not kept: it holds a password, perhaps.
    case credentials
    /// A node where a pool is wanted, or the other way round.
    case wrongKind(PoolURL)
    /// A fingerprint for a connection without TLS: it could never be checked.
    case fingerprintWithoutTLS(PoolURL)
    /// ZMQ is a node's.
    case zmqWithoutNode(PoolURL)

    package var description: String {
        switch self {
        case .unknownScheme(let name):
            "'\(name)' is no scheme of a pool: use stratum+tcp, stratum+tls, daemon+http or daemon+https"
        case .missingPort(let text): "'\(text)' has no port: write HOST:PORT"
        case .badPort(let text): "'\(text)' is no port: it is a number from 1 to 65535"
        case .badHost(let text): "'\(text)' is no host name or address"
        case .unbracketed(let text): "'\(text)': an IPv6 address stands in brackets, [ADDRESS]:PORT"
        case .path(let text): "'\(text)': a pool's URL ends after the port"
        case .credentials: "credentials do not belong into a pool's URL: use -u and -p"
        case .wrongKind(let url): url.isNode ? "\(url) is a node, not a pool" : "\(url) is a pool, not a node"
        case .fingerprintWithoutTLS(let url):
            "\(url) is not over TLS: its certificate's fingerprint would never be checked"
        case .zmqWithoutNode(let url): "\(url) is a pool: ZMQ is for daemon+http"
        }
    }
}

/// Text from outside, made fit for a terminal and a log: control characters become U+FFFD.
package func printable(_ text: some StringProtocol) -> String {
    var scalars = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
        switch scalar.properties.generalCategory {
        // Format characters too: they include the ones that reverse a line's direction.
        case .control, .format, .lineSeparator, .paragraphSeparator: scalars.append("\u{FFFD}")
        default: scalars.append(scalar)
        }
    }
    return String(scalars)
}
