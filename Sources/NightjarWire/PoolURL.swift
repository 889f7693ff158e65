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
            guard !name.contains(":") else { throw .credentials }
            guard !name.hasPrefix("stratum2+") else { throw .stratumV2 }
            guard let scheme = Self.schemes[name] else { throw .unknownScheme(Self.safe(name)) }
            self.scheme = scheme
            rest = text[end.upperBound...]
        } else {
            scheme = .stratum
        }
        if rest.last == "/" { rest.removeLast() }
        let beforePath = rest.prefix { !"/?#".contains($0) }
        guard beforePath.endIndex == rest.endIndex else {
            // What has a colon is a login, unless it is a host and a port with a path behind them.
            let path = rest[beforePath.endIndex...]
            guard !path.contains(":"), !beforePath.contains(":") || (try? Self.authority(beforePath)) != nil else {
                throw .credentials
            }
            throw .path(Self.safe(beforePath))
        }
        (host, port) = try Self.authority(rest)
    }

    /// - Parameter rest: a host and a port.
    private static func authority(_ rest: Substring) throws(PoolURLError) -> (host: String, port: Int) {
        let hostText: Substring
        let portText: Substring
        if rest.first == "[" {
            guard let close = rest.firstIndex(of: "]") else { throw .badHost(try shown(rest)) }
            hostText = rest[rest.index(after: rest.startIndex)..<close]
            let tail = rest[rest.index(after: close)...]
            guard tail.first == ":" else { throw .missingPort(try shown(rest)) }
            portText = tail.dropFirst()
            guard case .v6? = try? SocketAddress(ipAddress: String(hostText), port: 0) else {
                throw .badHost(try shown(hostText))
            }
        } else {
            guard let colon = rest.lastIndex(of: ":") else { throw .missingPort(safe(rest)) }
            hostText = rest[..<colon]
            portText = rest[rest.index(after: colon)...]
            if hostText.contains(":") {
                throw .unbracketed(try shown(rest))
            }
            guard isName(hostText) else { throw .badHost(safe(hostText)) }
        }
        guard !portText.isEmpty, portText.utf8.allSatisfy({ (48...57).contains($0) }), let port = Int(portText),
            (1...65535).contains(port)
        else { throw .badPort(portText.utf8.allSatisfy { (48...57).contains($0) } ? safe(portText) : nil) }
        return (String(hostText), port)
    }

    /// A wrong text as errors show it. With a colon it may be a login, unless it can be an address.
    private static func shown(_ text: Substring) throws(PoolURLError) -> String {
        func mayBeInAddress(_ byte: UInt8) -> Bool {
            byte == UInt8(ascii: "[") || byte == UInt8(ascii: "]") || byte == UInt8(ascii: ":")
                || Character(Unicode.Scalar(byte)).isHexDigit
        }
        guard !text.contains(":") || text.utf8.allSatisfy(mayBeInAddress) else { throw .credentials }
        return safe(text)
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
