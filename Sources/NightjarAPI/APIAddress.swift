import Glibc

/// Where the API listens: a host and a port.
package struct APIAddress: Sendable, Hashable, CustomStringConvertible {
    /// An IP address, without brackets, or a name.
    package let host: String
    /// 0 means any free port.
    package let port: Int

    /// - Parameter text: `PORT`, `HOST:PORT` or `[IPv6]:PORT`; a port alone means that port of 127.0.0.1.
    /// - Throws: ``APIError`` with the fault in words.
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
            throw APIError("'\(text)': write an IPv6 address in brackets, as in [::1]:8080")
        } else {
            guard let name = HostName(name) else { throw APIError("'\(text)': '\(name)' is not a host") }
            host = name.text
        }
    }

    /// The host to bind. `localhost` always means the loopback interface, even if a resolver gives another address.
    var bound: String { host == "localhost" ? "127.0.0.1" : host }

    /// Whether only this machine can reach it.
    package var isLoopback: Bool { IPAddress(bound)?.isLoopback ?? false }

    package var description: String { Self.text(host: host, port: port) }

    static func text(host: String, port: Int) -> String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
