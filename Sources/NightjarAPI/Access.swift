/// Decides who may ask what: by the token, by the `Host` header, and by whether changes are allowed at all.
package struct Access: Sendable {
    private let names: Set<String>
    private let addresses: Set<IPAddress>
    private let takesLoopback: Bool
    private let takesAnyAddress: Bool
    private let takesAll: Bool
    private let token: [UInt8]?

    /// - Parameters:
    ///   - bound: the address on which the server really listens, where it is known.
    ///   - hostName: this machine's name.
    package init(options: APIOptions, bound: String?, hostName: String) {
        let address = options.address
        let own = [IPAddress(address.bound), bound.flatMap { IPAddress($0) }].compactMap { $0 }
        addresses = options.hosts.addresses.union(own)
        takesAll = options.hosts.isAll
        takesAnyAddress = own.contains(where: \.isWildcard)
        takesLoopback = takesAnyAddress || own.contains(where: \.isLoopback)
        var names = options.hosts.names
        if takesLoopback { names.insert("localhost") }
        if IPAddress(address.host) == nil { names.insert(address.host) }
        if !address.isLoopback, let full = HostName(hostName)?.text {
            names.insert(full)
            names.insert(String(full.prefix { $0 != "." }))
        }
        self.names = names
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
    /// When other machines may reach the server, the machine's own name is accepted, bare and as the system gives it,
    /// and in no other domain: a page can guess the name, and its owner can put it before any domain.
    package func allows(host authority: String) -> Bool {
        guard let host = Self.host(of: authority) else { return false }
        if takesAll { return true }
        guard let address = IPAddress(host) else { return names.contains(host) }
        return takesAnyAddress || addresses.contains(address) || takesLoopback && address.isLoopback
    }

    /// Whether this is the token.
    func allows(token given: String) -> Bool { token.map { Self.equal(Array(given.utf8), $0) } ?? true }

    /// What an `Authorization` header says is the token; `nil` when it says none.
    static func token(in authorization: String?) -> String? {
        let parts = authorization?.split(separator: " ", maxSplits: 1) ?? []
        return parts.count == 2 && parts[0].lowercased() == "bearer" ? String(parts[1]) : nil
    }

    /// Compares in a time that depends only on the length of `given`.
    package static func equal(_ given: [UInt8], _ secret: [UInt8]) -> Bool {
        guard !secret.isEmpty else { return false }
        var difference = given.count ^ secret.count
        for i in given.indices { difference |= Int(given[i] ^ secret[i % secret.count]) }
        return difference == 0
    }

    /// The host of `host[:port]`, lower-case, without brackets and without the dot that ends a full name.
    ///
    /// Browsers take `0x7f.1` and `2130706433` for addresses and send them as such; here they are names like others.
    private static func host(of authority: String) -> String? {
        let host: String
        let rest: Substring
        if authority.hasPrefix("[") {
            guard let end = authority.firstIndex(of: "]") else { return nil }
            host = String(authority[..<end].dropFirst())
            guard host.contains(":"), IPAddress(host) != nil else { return nil }
            rest = authority[end...].dropFirst()
        } else {
            let name = authority.prefix { $0 != ":" }
            guard let known = HostName(name) else { return nil }
            host = known.text
            rest = authority[name.endIndex...]
        }
        let isPort =
            rest.hasPrefix(":") && rest.utf8.count <= 6 && rest.utf8.dropFirst().allSatisfy { (48...57).contains($0) }
        return rest.isEmpty || isPort ? host : nil
    }
}
