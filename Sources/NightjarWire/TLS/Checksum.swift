import Glibc

/// SHA-256 for certificate fingerprints, MD5 for HTTP's digest authentication. Neither is on a hot path or needs
/// constant time, and a cryptographic library for them alone would be a large dependency. The constants are computed as
/// the standards define them, which is shorter than listing them.
package enum Checksum {
    /// SHA-256 (FIPS 180-4): 32 bytes.
    package static func sha256(_ message: [UInt8]) -> [UInt8] {
        // The first 32 bits of the fractional parts of the primes' square roots.
        var hash = primes.prefix(8).map { fraction(of: Double($0).squareRoot()) }
        let bytes = padded(message, bigEndian: true)
        var w = [UInt32](repeating: 0, count: 64)
        for block in stride(from: 0, to: bytes.count, by: 64) {
            for i in 0..<16 {
                w[i] = (0..<4).reduce(0) { $0 << 8 | UInt32(bytes[block + 4 * i + $1]) }
            }
            for i in 16..<64 {
                let s0 = right(w[i - 15], 7) ^ right(w[i - 15], 18) ^ w[i - 15] >> 3
                let s1 = right(w[i - 2], 17) ^ right(w[i - 2], 19) ^ w[i - 2] >> 10
                w[i] = w[i - 16] &+ s0 &+ w[i - 7] &+ s1
            }
            var v = hash
            for i in 0..<64 {
                let s1 = right(v[4], 6) ^ right(v[4], 11) ^ right(v[4], 25)
                let choice = v[4] & v[5] ^ ~v[4] & v[6]
                let t1 = v[7] &+ s1 &+ choice &+ sha256Constants[i] &+ w[i]
                let s0 = right(v[0], 2) ^ right(v[0], 13) ^ right(v[0], 22)
                let majority = v[0] & v[1] ^ v[0] & v[2] ^ v[1] & v[2]
                v = [t1 &+ s0 &+ majority, v[0], v[1], v[2], v[3] &+ t1, v[4], v[5], v[6]]
            }
            for i in 0..<8 { hash[i] &+= v[i] }
        }
        return hash.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> UInt32(24 - 8 * $0)) } }
    }

    /// MD5 (RFC 1321): 16 bytes. It is broken for signatures; it is here because a node's `--rpc-login` uses it.
    package static func md5(_ message: [UInt8]) -> [UInt8] {
        var hash: [UInt32] = [0x6745_2301, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476]
        let bytes = padded(message, bigEndian: false)
        for block in stride(from: 0, to: bytes.count, by: 64) {
            let m = (0..<16).map { i in
                (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[block + 4 * i + $1]) << UInt32(8 * $1) }
            }
            var (a, b, c, d) = (hash[0], hash[1], hash[2], hash[3])
            for i in 0..<64 {
                let (mixed, word): (UInt32, Int) =
                    switch i / 16 {
                    case 0: (b & c | ~b & d, i)
                    case 1: (d & b | ~d & c, (5 * i + 1) % 16)
                    case 2: (b ^ c ^ d, (3 * i + 5) % 16)
                    default: (c ^ (b | ~d), 7 * i % 16)
                    }
                let sum = a &+ mixed &+ md5Constants[i] &+ m[word]
                let turn = md5Turns[i / 16][i % 4]
                (a, d, c, b) = (d, c, b, b &+ (sum << turn | sum >> (32 - turn)))
            }
            hash = [hash[0] &+ a, hash[1] &+ b, hash[2] &+ c, hash[3] &+ d]
        }
        return hash.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> UInt32(8 * $0)) } }
    }

    private static let primes: [Int] = {
        var primes: [Int] = []
        var candidate = 2
        while primes.count < 64 {
            if primes.allSatisfy({ !candidate.isMultiple(of: $0) }) { primes.append(candidate) }
            candidate += 1
        }
        return primes
    }()

    /// The first 32 bits of the fractional parts of the primes' cube roots. They need at most 35 of a `Double`'s 53
    /// bits.
    private static let sha256Constants = primes.map { fraction(of: cbrt(Double($0))) }

    private static let md5Constants = (1...64).map { UInt32(4_294_967_296 * abs(sin(Double($0)))) }
    private static let md5Turns: [[UInt32]] = [[7, 12, 17, 22], [5, 9, 14, 20], [4, 11, 16, 23], [6, 10, 15, 21]]

    private static func fraction(of value: Double) -> UInt32 { UInt32((value - value.rounded(.down)) * 4_294_967_296) }

    private static func right(_ word: UInt32, _ count: UInt32) -> UInt32 { word >> count | word << (32 - count) }

    /// Appends a one bit, zeros up to byte 56 of a block of 64, and the length in bits as a 64-bit number.
    private static func padded(_ message: [UInt8], bigEndian: Bool) -> [UInt8] {
        var bytes = message + [0x80]
        bytes += [UInt8](repeating: 0, count: (120 - bytes.count % 64) % 64)
        let length = UInt64(message.count) * 8
        let places = bigEndian ? Array((0..<8).reversed()) : Array(0..<8)
        return bytes + places.map { UInt8(truncatingIfNeeded: length >> UInt64(8 * $0)) }
    }
}
