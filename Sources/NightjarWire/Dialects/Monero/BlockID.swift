import NightjarCore

/// A CryptoNote block's id: Keccak-256 over the hashing blob with its length, a varint, before it (monero
/// `cryptonote_basic/cryptonote_format_utils.cpp`, `calculate_block_hash`).
package enum BlockID {
    package static func of(hashingBlob: [UInt8]) -> [UInt8] {
        keccak256(Varint.write(UInt64(hashingBlob.count)) + hashingBlob)
    }

    /// Keccak with 512 bits of capacity and the original padding (0x01), 32 bytes of output.
    ///
    /// Written here in the plainest form: this floor is beside the algorithms, not above them, and it hashes once a
    /// block. The round constants and rotations are computed as the Keccak reference defines them (an LFSR, and the
    /// walk of rho and pi), which is shorter than their tables.
    package static func keccak256(_ message: [UInt8]) -> [UInt8] {
        let rate = 136
        var padded = message + [0x01]
        padded += [UInt8](repeating: 0, count: (rate - padded.count % rate) % rate)
        padded[padded.count - 1] |= 0x80

        var state = [UInt64](repeating: 0, count: 25)
        for block in stride(from: 0, to: padded.count, by: rate) {
            for i in 0..<rate { state[i / 8] ^= UInt64(padded[block + i]) << UInt64(8 * (i % 8)) }
            permute(&state)
        }
        return (0..<32).map { UInt8(truncatingIfNeeded: state[$0 / 8] >> UInt64(8 * ($0 % 8))) }
    }

    private static func permute(_ a: inout [UInt64]) {
        var lfsr: UInt8 = 1
        for _ in 0..<24 {
            // theta
            var c = [UInt64](repeating: 0, count: 5)
            for i in 0..<25 { c[i % 5] ^= a[i] }
            for x in 0..<5 {
                let d = c[(x + 4) % 5] ^ rotate(c[(x + 1) % 5], 1)
                for y in 0..<5 { a[x + 5 * y] ^= d }
            }
            // rho and pi
            var (x, y) = (1, 0)
            var current = a[x + 5 * y]
            for t in 0..<24 {
                (x, y) = (y, (2 * x + 3 * y) % 5)
                (a[x + 5 * y], current) = (rotate(current, (t + 1) * (t + 2) / 2 % 64), a[x + 5 * y])
            }
            // chi
            for y in 0..<5 {
                let row = Array(a[5 * y..<5 * y + 5])
                for x in 0..<5 {
                    let masked = ~row[(x + 1) % 5] & row[(x + 2) % 5]
                    a[x + 5 * y] = row[x] ^ masked
                }
            }
            // iota
            for j in 0..<7 {
                if lfsr & 1 != 0 { a[0] ^= UInt64(1) << UInt64((1 << j) - 1) }
                lfsr = lfsr & 0x80 != 0 ? (lfsr << 1) ^ 0x71 : lfsr << 1
            }
        }
    }

    private static func rotate(_ word: UInt64, _ bits: Int) -> UInt64 {
        bits == 0 ? word : word << UInt64(bits) | word >> UInt64(64 - bits)
    }
}
