/// A SOCKS5 proxy (RFC 1928) through which connections to pools and nodes go. It resolves their names: none is asked of
/// DNS here.
///
/// The description holds no login.
package struct SOCKSProxy: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable
{
    /// User and password (RFC 1929), at most 255 bytes each.
    package struct Login: Sendable, Hashable {
        package let user: String
        package let password: String
    }

    /// A name or an address; an IPv6 address without its brackets.
    package let host: String
    package let port: Int
    package let login: Login?

    /// Reads `socks5://[USER:PASS@]HOST:PORT`; `socks5h` means the same. A `%` and two hex digits in the login stand for
    /// a byte.
    ///
    /// - Throws: ``SOCKSProxyError``, which never repeats the text.
    package init(_ text: String) throws(SOCKSProxyError) {
        guard let end = text.firstRange(of: "://"),
            ["socks5", "socks5h"].contains(text[..<end.lowerBound].lowercased())
        else { throw .scheme }
        let rest = text[end.upperBound...]
        // A password may hold the sign too.
        let sign = rest.lastIndex(of: "@")
        let address = sign.map { rest[rest.index(after: $0)...] } ?? rest
        guard let url = try? PoolURL(String(address)), url.scheme == .stratum, !address.contains("://")
        else { throw .address }
        guard !url.isHiddenService else { throw .hiddenService }
        host = url.host
        port = url.port
        login = try sign.map { sign throws(SOCKSProxyError) in try Self.login(rest[..<sign]) }
    }

    private static func login(_ text: Substring) throws(SOCKSProxyError) -> Login {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let user = decoded(parts[0]), let password = decoded(parts[1]), !user.isEmpty,
            max(user.utf8.count, password.utf8.count) <= 255
        else { throw .login }
        return Login(user: user, password: password)
    }

    private static func decoded(_ text: Substring) -> String? {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard rest.count >= 2, let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) else {
                return nil
            }
            rest = rest.dropFirst(2)
            bytes.append(value)
        }
        return String(validating: bytes, as: UTF8.self)
    }

    /// The login's texts, which nothing may show.
    package var secrets: [String] { login.map { [$0.user, $0.password] } ?? [] }

    package var description: String { "socks5://\(host.contains(":") ? "[\(host)]" : host):\(port)" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: ["address": description]) }
}

/// What is wrong with a proxy's address. The address is not repeated, because it may hold a password.
package enum SOCKSProxyError: Error, Sendable, Hashable, CustomStringConvertible {
    case scheme, address, hiddenService, login

    package var description: String {
        switch self {
        case .scheme:
            "a proxy is written as socks5://HOST:PORT or socks5://USER:PASS@HOST:PORT; no other kind is spoken"
        case .address: "the proxy's address must end with HOST:PORT, as in socks5://127.0.0.1:9050"
        case .hiddenService:
            "a proxy cannot be a hidden service: it is what finds these; Tor's is socks5://127.0.0.1:9050"
        case .login: "the proxy's login must be USER:PASS, each of at most 255 bytes"
        }
    }
}
