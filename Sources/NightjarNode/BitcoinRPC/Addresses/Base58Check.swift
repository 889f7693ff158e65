import NightjarWire

/// Base58Check: a version byte and 20 bytes with a checksum, as in Bitcoin's first addresses.
struct Base58Check: Sendable, Hashable {
    enum Fault: Error, Sendable, Hashable { case badCharacter, badLength, badChecksum }

    let version: UInt8
    /// 20 bytes.
    let hash: [UInt8]

    private static let digits: [UInt8: UInt8] = Dictionary(
        uniqueKeysWithValues: "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz".utf8.enumerated().map {
            ($1, UInt8($0))
        })
    /// Version, hash and checksum.
    private static let length = 25

    init(_ text: String) throws(Fault) {
        // 25 bytes are at most 35 digits; the limit keeps the work small.
        guard (26...35).contains(text.utf8.count) else { throw .badLength }
        var bytes = [UInt8](repeating: 0, count: Self.length)
        for character in text.utf8 {
            guard let digit = Self.digits[character] else { throw .badCharacter }
            var carry = UInt32(digit)
            for i in bytes.indices.reversed() {
                carry += UInt32(bytes[i]) * 58
                bytes[i] = UInt8(truncatingIfNeeded: carry)
                carry >>= 8
            }
            guard carry == 0 else { throw .badLength }
        }
        // Each leading "1" is a leading zero byte.
        guard text.utf8.prefix(while: { $0 == UInt8(ascii: "1") }).count == bytes.prefix(while: { $0 == 0 }).count
        else {
            throw .badLength
        }
        guard DoubleSHA256.digest(Array(bytes[..<21])).prefix(4) == bytes[21...] else { throw .badChecksum }
        version = bytes[0]
        hash = Array(bytes[1..<21])
    }
}
