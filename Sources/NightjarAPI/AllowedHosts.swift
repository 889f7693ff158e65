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

/// A name in lower case, without the dot that ends a full name.
struct HostName: Hashable {
    let text: String

    /// `nil` unless it is made of letters, digits, hyphens and underscores between single dots.
    init?(_ text: some StringProtocol) {
        let bare = text.hasSuffix(".") ? text.dropLast() : text[...]
        let labels = bare.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard bare.utf8.count <= 253,
            labels.allSatisfy({ label in (1...63).contains(label.count) && label.allSatisfy(Self.isOfName) })
        else { return nil }
        self.text = bare.lowercased()
    }

    private static func isOfName(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}
