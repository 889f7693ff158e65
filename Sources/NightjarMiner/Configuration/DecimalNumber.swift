/// Numbers as people write them, in decimal digits. Swift would also read `0x54`, `inf` and `nan`.
package enum DecimalNumber {
    /// Adds to what is needed in place of `text`: a number that others would read is refused because of its digits.
    package static func wish(_ words: String, inPlaceOf text: String) -> String {
        text.lowercased().contains("0x") ? "\(words), in decimal digits" : words
    }

    /// The number, as in `12`, `0.5` or `1e6`; `nil` for another text.
    package static func read(_ text: some StringProtocol) -> Double? {
        let known = Set("0123456789.+-eE")
        guard text.allSatisfy(known.contains) else { return nil }
        return Double(text)
    }
}
