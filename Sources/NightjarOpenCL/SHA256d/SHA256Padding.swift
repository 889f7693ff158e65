/// SHA-256's padding, FIPS 180-4, 5.1.1.
enum SHA256Padding {
    /// Bytes of a block.
    static let block = 64

    /// The message with its padding: whole blocks.
    ///
    /// - Parameter before: bytes that were hashed before the message: whole blocks.
    static func padded(_ message: [UInt8], after before: Int = 0) -> [UInt8] {
        let blocks = (message.count + 9 + block - 1) / block
        var padded = message + [0x80]
        padded += [UInt8](repeating: 0, count: blocks * block - 8 - padded.count)
        let bits = UInt64(before + message.count) * 8
        return padded + (0..<8).map { UInt8(truncatingIfNeeded: bits >> (56 - 8 * $0)) }
    }
}
