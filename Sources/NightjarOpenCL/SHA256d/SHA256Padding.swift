/// SHA-256's padding, FIPS 180-4, 5.1.1.
enum SHA256Padding {
    /// Bytes of a block.
    static let block = 64

    /// Bytes of a message with its padding: whole blocks.
    static func size(_ bytes: Int) -> Int { (bytes + 9 + block - 1) / block * block }

    /// Writes the padding of a message.
    ///
    /// - Parameters:
    ///   - bytes: of the message.
    ///   - before: bytes that were hashed before the message: whole blocks.
    ///   - place: the message with zeroes behind it, ``size(_:)`` bytes.
    static func write(_ bytes: Int, after before: Int = 0, to place: UnsafeMutableRawBufferPointer) {
        place[bytes] = 0x80
        let bits = UInt64(before + bytes) * 8
        for byte in 0..<8 { place[place.count - 8 + byte] = UInt8(truncatingIfNeeded: bits >> UInt64(56 - 8 * byte)) }
    }
}
