import NightjarCore

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
    /// Where the nonce stands: 39 with one-byte versions and today's five-byte timestamps.
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

    /// The algorithm that Monero's protocol version of this number has: cn/0 below 7, cn/1 in 7, cn/2 in 8 and 9, cn/r
    /// in 10 and 11, rx/0 from 12 on (monero `cryptonote_core/cryptonote_tx_utils.cpp`, `get_block_longhash`).
    package var moneroAlgorithm: Algorithm {
        switch majorVersion {
        case 12...: .rx0
        case 10...: .cnR
        case 8...: .cn2
        case 7: .cn1
        default: .cn0
        }
    }

    /// `bytes` with `nonce` in its place.
    package func setting(nonce: UInt32, in bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        for i in 0..<4 { bytes[nonceOffset + i] = UInt8(truncatingIfNeeded: nonce >> (8 * UInt32(i))) }
        return bytes
    }
}

/// CryptoNote's variable-length integers: seven bits a byte, least significant first, high bit on all but the last.
package enum Varint {
    package static func read(_ bytes: [UInt8], at: inout Int) -> UInt64? {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while at < bytes.count {
            let byte = bytes[at]
            at += 1
            // The tenth byte has room for one bit.
            guard shift < 63 || byte <= 1 else { return nil }
            value |= UInt64(byte & 0x7F) << shift
            if byte & 0x80 == 0 { return value }
            shift += 7
        }
        return nil
    }

    package static func write(_ value: UInt64) -> [UInt8] {
        var rest = value
        var bytes: [UInt8] = []
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        return bytes + [UInt8(rest)]
    }
}
