import NIOCore
import NightjarCore
import NightjarPlatform

/// A pool's or node's address, as a user writes it after `-o`.
///
/// `stratum+tcp://H:P`, `stratum+tls://H:P` (`stratum+ssl://` too), `daemon+http://H:P`, `daemon+https://H:P`, and bare
/// `H:P`, which means `stratum+tcp`. An IPv6 address stands in brackets. Behind a node's port may be the path under which
/// a web server passes requests on to it.
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
    /// What stands before the path of each request to a node: empty, or `/` and more without a slash at its end.
    package let path: String

    /// - Throws: ``PoolURLError``, whose description is one line and never repeats credentials.
    package init(_ text: String) throws(PoolURLError) {
        guard !text.contains("@") else { throw .credentials }
        var rest = text[...]
        if let end = text.firstRange(of: "://") {
            let name = text[..<end.lowerBound].lowercased()
            guard !name.contains(":") else { throw Self.isList(text) ? .several : .credentials }
            guard !name.hasPrefix("stratum2+") else { throw .stratumV2 }
            guard let scheme = Self.schemes[name] else { throw .unknownScheme(Self.safe(name)) }
            self.scheme = scheme
            rest = text[end.upperBound...]
        } else {
            scheme = .stratum
        }
        while rest.last == "/" { rest.removeLast() }
        let beforePath = rest.prefix { !"/?#".contains($0) }
        var path = rest[beforePath.endIndex...]
        // What has a colon is a login, unless it is a host and a port with a path behind them.
        guard
            path.isEmpty
                || !path.contains(":") && (!beforePath.contains(":") || (try? Self.authority(beforePath)) != nil)
        else { throw Self.isList(text) ? .several : .credentials }
        let isNode = scheme == .node || scheme == .nodeTLS
        guard path.isEmpty || isNode && path.utf8.allSatisfy(Self.mayBeInPath) else {
            throw .path(Self.safe(beforePath), ofNode: isNode)
        }
        // Users copy the whole address of a node's RPC.
        if path.hasSuffix("/json_rpc") { path.removeLast("/json_rpc".count) }
        self.path = String(path)
        do { (host, port) = try Self.authority(beforePath) } catch { throw Self.isList(text) ? .several : error }
    }

    /// Whether a text is several addresses with commas, semicolons or spaces between them, as some miners take them.
    private static func isList(_ text: String) -> Bool {
        let parts = text.split(omittingEmptySubsequences: true) { ",; ".contains($0) }
        return parts.count > 1 && parts.allSatisfy { (try? PoolURL(String($0))) != nil }
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

    package init(scheme: Scheme, host: String, port: Int, path: String = "") {
        self.scheme = scheme
        self.host = host
        self.port = port
        self.path = path
    }

    /// Whether it is a node, not a pool.
    package var isNode: Bool { scheme == .node || scheme == .nodeTLS }

    /// Whether the connection is over TLS.
    package var isSecure: Bool { scheme == .stratumTLS || scheme == .nodeTLS }

    /// Whether it is on this machine: `localhost`, or an address of 127.0.0.0/8, or ::1.
    package var isLoopback: Bool {
        if host.lowercased() == "localhost" { return true }
        switch IPFamily(ofLiteral: host) {
        case .v4: return host.hasPrefix("127.")
        case .v6:
            return (try? SocketAddress(ipAddress: host, port: 0)) == (try? SocketAddress(ipAddress: "::1", port: 0))
        case nil: return false
        }
    }

    /// Whether its name is of a network whose names DNS must not be asked for: that would tell it to strangers (RFC 7686).
    package var isHiddenService: Bool {
        let name = host.lowercased()
        let whole = name.hasSuffix(".") ? name.dropLast() : name[...]
        return [".onion", ".i2p"].contains { whole.hasSuffix($0) }
    }

    /// The same host, port and path over TLS.
    package var secured: PoolURL {
        PoolURL(scheme: isNode ? .nodeTLS : .stratumTLS, host: host, port: port, path: path)
    }

    /// Host and port, an IPv6 address in brackets.
    package var authority: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

    /// The URL with its scheme spelled out. A path is hidden: providers of nodes put a user's key into it.
    package var description: String { "\(scheme.rawValue)://\(authority)\(path.isEmpty ? "" : "/…")" }

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

    /// The bytes of a path (RFC 3986, 3.3) that need no escape, and the escape itself.
    private static func mayBeInPath(_ byte: UInt8) -> Bool {
        switch byte {
        case 48...57, 65...90, 97...122: true
        default: "/-._~%!$&'()*+,;=".utf8.contains(byte)
        }
    }

    private static func safe(_ text: some StringProtocol) -> String { printable(text, limit: 80) }
}
