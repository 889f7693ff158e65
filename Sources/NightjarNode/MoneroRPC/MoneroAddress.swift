import NightjarWire

/// Monero's addresses, as far as a mistyped one can be told without knowing the network.
///
/// An address is Base58 in blocks of eleven digits for eight bytes. Its last four bytes are a checksum: the first of
/// Keccak-256 of the others.
enum MoneroAddress {
    private static let digits: [UInt8: UInt8] = Dictionary(
        uniqueKeysWithValues: "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz".utf8.enumerated().map {
            ($1, UInt8($0))
        })
    /// The digits of a block, by its bytes.
    private static let blockDigits = [0, 2, 3, 5, 6, 7, 9, 10, 11]
    /// The lengths of the addresses of Monero and of coins like it, with payment numbers, and a digit more or less.
    private static let lengths = 90...112

    /// Whether a text looks like an address and cannot be one. Any other text is left to the node, which knows its coin.
    static func isMistyped(_ text: String) -> Bool {
        let characters = Array(text.utf8)
        func isLetterOrDigit(_ byte: UInt8) -> Bool {
            (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
        }
        guard lengths.contains(characters.count), characters.allSatisfy(isLetterOrDigit) else { return false }
        guard let bytes = decode(characters), bytes.count > 4 else { return true }
        return Array(BlockID.keccak256(Array(bytes.dropLast(4))).prefix(4)) != Array(bytes.suffix(4))
    }

    private static func decode(_ characters: [UInt8]) -> [UInt8]? {
        var bytes: [UInt8] = []
        var rest = characters[...]
        while !rest.isEmpty {
            let block = rest.prefix(blockDigits[8])
            rest = rest.dropFirst(block.count)
            guard let size = blockDigits.firstIndex(of: block.count) else { return nil }
            var value: UInt128 = 0
            for character in block {
                guard let digit = digits[character] else { return nil }
                value = value * 58 + UInt128(digit)
            }
            guard value >> (8 * UInt128(size)) == 0 else { return nil }
            bytes += (0..<size).reversed().map { UInt8(truncatingIfNeeded: value >> (8 * UInt128($0))) }
        }
        return bytes
    }
}
