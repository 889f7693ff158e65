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
