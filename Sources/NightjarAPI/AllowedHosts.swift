/// The names that a user allows in `Host`, beside the server's own.
package struct AllowedHosts: Sendable, Hashable {
    let names: Set<String>
    let addresses: Set<IPAddress>
    /// `*`: every name.
    let isAll: Bool

    static let none = AllowedHosts(names: [], addresses: [], isAll: false)

    private init(names: Set<String>, addresses: Set<IPAddress>, isAll: Bool) {
        (self.names, self.addresses, self.isAll) = (names, addresses, isAll)
    }

    /// - Parameter texts: names or addresses without ports; or `*`.
    /// - Throws: ``APIError`` with the fault in words.
    package init(_ texts: [String], hasToken: Bool) throws(APIError) {
        var (names, addresses): (Set<String>, Set<IPAddress>) = ([], [])
        for text in texts where text != "*" {
            let isInBrackets = text.hasPrefix("[") && text.hasSuffix("]") && text.contains(":")
            if let address = IPAddress(isInBrackets ? String(text.dropFirst().dropLast()) : text) {
                addresses.insert(address)
            } else if let name = HostName(text) {
                names.insert(name.text)
            } else {
                throw APIError("'\(text)' is not a host's name; write it without a port, as in rig1.example.org, or *")
            }
        }
        isAll = texts.contains("*")
        guard !isAll || hasToken else {
            throw APIError("'*' lets every site's pages read the API, so it needs a token")
        }
        (self.names, self.addresses) = (names, addresses)
    }
}
