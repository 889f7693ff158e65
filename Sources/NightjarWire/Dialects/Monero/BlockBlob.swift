/// A CryptoNote hashing blob, or a whole block, read as far as its nonce.
///
/// CNS003: major version (varint), minor version (varint), timestamp (varint), previous block's id (32 bytes), nonce
/// (4 bytes, little-endian).
package struct BlockBlob: Sendable, Hashable {
    package let majorVersion: UInt64
    package let minorVersion: UInt64
    /// Seconds since 1970.
    package let timestamp: UInt64
    package let previousID: [UInt8]
    /// The nonce's first byte: 39 with one-byte versions and today's five-byte timestamps.
    package let nonceOffset: Int

    /// - Returns: `nil` when the bytes end before the nonce does, or a varint passes 64 bits.
    package init?(_ bytes: [UInt8]) {
        var at = 0
        guard let major = Varint.read(bytes, at: &at), let minor = Varint.read(bytes, at: &at),
            let timestamp = Varint.read(bytes, at: &at), at + 36 <= bytes.count
        else { return nil }
        majorVersion = major
        minorVersion = minor
        self.timestamp = timestamp
        previousID = Array(bytes[at..<at + 32])
        nonceOffset = at + 32
    }

    /// A copy of `bytes` with `nonce` written into it.
    package func setting(nonce: UInt32, in bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        for i in 0..<4 { bytes[nonceOffset + i] = UInt8(truncatingIfNeeded: nonce >> (8 * UInt32(i))) }
        return bytes
    }
}
