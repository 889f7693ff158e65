/// Bech32 (BIP173) and Bech32m (BIP350): text with a prefix and a checksum.
package struct Bech32: Sendable, Hashable {
    package enum Variant: Sendable, Hashable { case bech32, bech32m }

    package enum Fault: Error, Sendable, Hashable {
        case noPrefix, badCharacter, mixedCase, tooLong, tooShort, badChecksum
    }

    /// In lower case.
    package let prefix: String
    /// Five bits each, without the checksum.
    package let values: [UInt8]
    package let variant: Variant

    private static let digits: [UInt8: UInt8] = Dictionary(
        uniqueKeysWithValues: "qpzry9x8gf2tvdw0s3jn54khce6mua7l".utf8.enumerated().map { ($1, UInt8($0)) })
    private static let generators: [UInt32] = [0x3b6a_57b2, 0x2650_8e6d, 0x1ea1_19fa, 0x3d42_33dd, 0x2a14_62b3]
    private static let checksumLength = 6

    package init(_ text: String) throws(Fault) {
        var bytes = Array(text.utf8)
        guard bytes.allSatisfy({ (33...126).contains($0) }) else { throw .badCharacter }
        guard bytes.count <= 90 else { throw .tooLong }
        let hasUpper = bytes.contains { (0x41...0x5A).contains($0) }
        guard !hasUpper || !bytes.contains(where: { (0x61...0x7A).contains($0) }) else { throw .mixedCase }
        if hasUpper { bytes = bytes.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 } }
        guard let one = bytes.lastIndex(of: UInt8(ascii: "1")), one > 0 else { throw .noPrefix }
        let prefix = bytes[..<one]
        var values: [UInt8] = []
        for byte in bytes[(one + 1)...] {
            guard let value = Self.digits[byte] else { throw .badCharacter }
            values.append(value)
        }
        guard values.count >= Self.checksumLength else { throw .tooShort }
        switch Self.checksum(prefix.map { $0 >> 5 } + [0] + prefix.map { $0 & 31 } + values) {
        case 1: variant = .bech32
        case 0x2bc8_30a3: variant = .bech32m
        default: throw .badChecksum
        }
        self.prefix = String(decoding: prefix, as: UTF8.self)
        self.values = values.dropLast(Self.checksumLength)
    }

    private static func checksum(_ values: [UInt8]) -> UInt32 {
        var sum: UInt32 = 1
        for value in values {
            let top = sum >> 25
            sum = (sum & 0x1ff_ffff) << 5 ^ UInt32(value)
            for (bit, generator) in generators.enumerated() where top >> UInt32(bit) & 1 == 1 { sum ^= generator }
        }
        return sum
    }
}
