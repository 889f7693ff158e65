import CHashing

/// A CryptoNote block's id: Keccak-256 over the hashing blob's length, as a varint, followed by the blob (monero
/// `cryptonote_basic/cryptonote_format_utils.cpp`, `calculate_block_hash`).
package enum BlockID {
    package static func of(hashingBlob: [UInt8]) -> [UInt8] {
        keccak256(Varint.write(UInt64(hashingBlob.count)) + hashingBlob)
    }

    /// Keccak with 512 bits of capacity and the original padding (0x01), 32 bytes of output.
    package static func keccak256(_ message: [UInt8]) -> [UInt8] {
        var state = [UInt64](repeating: 0, count: 25)
        nj_keccak1600(message, message.count, &state)
        return (0..<32).map { UInt8(truncatingIfNeeded: state[$0 / 8] >> UInt64(8 * ($0 % 8))) }
    }
}
