/// Who may ask what. Three questions, each with its reason.
package struct Access: Sendable {
    private let names: Set<String>
    /// This machine's name without a domain, where others may reach the server.
    private let label: String?
    private let addresses: Set<IPAddress>
    private let takesLoopback: Bool
    private let takesAnyAddress: Bool
    private let token: [UInt8]?

    /// - Parameters:
    ///   - bound: the address that the server really listens on, where known.
    ///   - hostName: this machine's own.
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

    /// Whether something may be changed at all.
    var allowsControl: Bool { token != nil }

    /// Whether a token is demanded for reading.
    var demandsToken: Bool { token != nil }

    /// Whether a `Host` header names this server.
    ///
    /// A page from elsewhere whose own name is made to resolve to this machine (DNS rebinding) would count as this
    /// server's for a browser, and could read everything. Its requests carry that name. A numeric address cannot be
    /// rebound: it is what the browser really connected to. The port is not looked at, so that forwarded ones work.
    ///
    /// Where others may reach the server, which takes a token, the machine's own name may stand in any domain: a
    /// machine seldom knows in which ones it is listed.
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

    /// Compares in a time that depends on the length of `given` alone.
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
