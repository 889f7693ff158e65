/// Decides who may ask what: by the token, by the `Host` header, and by whether changes are allowed at all.
package struct Access: Sendable {
    private let names: Set<String>
    /// This machine's name without its domain, when other machines may reach the server.
    private let label: String?
    private let addresses: Set<IPAddress>
    private let takesLoopback: Bool
    private let takesAnyAddress: Bool
    private let token: [UInt8]?

    /// - Parameters:
    ///   - bound: the address on which the server really listens, where it is known.
    ///   - hostName: this machine's name.
    package init(options: APIOptions, bound: String?, hostName: String) {
        let address = options.address
        let own = [IPAddress(address.bound), bound.flatMap { IPAddress($0) }].compactMap { $0 }
        addresses = Set(own)
        takesAnyAddress = own.contains(where: \.isWildcard)
        takesLoopback = takesAnyAddress || own.contains(where: \.isLoopback)
        var names: Set<String> = []
        if takesLoopback { names.insert("localhost") }
        if IPAddress(address.host) == nil { names.insert(address.host) }
        self.names = names
        label = address.isLoopback ? nil : hostName.lowercased().split(separator: ".").first.map { String($0) }
        token = options.token.map { Array($0.utf8) }
    }

    /// Whether changes are allowed at all.
    var allowsControl: Bool { token != nil }

    /// Whether reading needs a token.
    var demandsToken: Bool { token != nil }

    /// Whether a `Host` header names this server.
    ///
    /// With DNS rebinding, an attacker makes the name of a foreign page resolve to this machine. The browser then takes
    /// the page for this server's own, and the page could read everything. Its requests carry the foreign name, so that
    /// name is refused. A numeric address cannot be rebound, because the browser really connected to it. The port is
    /// not checked, so that forwarded ports work.
    ///
    /// When other machines may reach the server, which needs a token, the machine's own name is accepted in any domain:
    /// a machine seldom knows which domains list it.
    package func allows(host authority: String) -> Bool {
        guard let host = Self.host(of: authority) else { return false }
        if let address = IPAddress(host) {
            return takesAnyAddress || addresses.contains(address) || takesLoopback && address.isLoopback
        }
        return names.contains(host) || label != nil && host.split(separator: ".").first.map { String($0) } == label
    }

    /// Whether an `Authorization` header carries the token.
    func allows(authorization: String?) -> Bool {
        guard let token else { return true }
        guard let authorization else { return false }
        let parts = authorization.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { return false }
        return Self.equal(Array(parts[1].utf8), token)
    }

    /// Compares in a time that depends only on the length of `given`.
    package static func equal(_ given: [UInt8], _ secret: [UInt8]) -> Bool {
        guard !secret.isEmpty else { return false }
        var difference = given.count ^ secret.count
        for i in given.indices { difference |= Int(given[i] ^ secret[i % secret.count]) }
        return difference == 0
    }

    /// The host of `host[:port]`, lower-case, without brackets and without the dot that ends a full name.
    private static func host(of authority: String) -> String? {
        var rest = authority[...]
        var host: Substring
        if rest.hasPrefix("[") {
            guard let end = rest.firstIndex(of: "]") else { return nil }
            host = rest[rest.index(after: rest.startIndex)..<end]
            guard host.contains(":"), IPAddress(host) != nil else { return nil }
            rest = rest[rest.index(after: end)...]
        } else {
            host = rest.prefix { $0 != ":" }
            rest = rest[host.endIndex...]
            if host.hasSuffix(".") { host = host.dropLast() }
        }
        guard rest.isEmpty || rest.hasPrefix(":") && rest.dropFirst().utf8.allSatisfy({ (48...57).contains($0) }) else {
            return nil
        }
        return host.isEmpty ? nil : host.lowercased()
    }
}
