import CHashing
import Glibc

/// SHA-256 for certificate fingerprints, MD5 for HTTP's digest authentication. Neither is on a hot path or needs
/// constant time, and a cryptographic library for them alone would be a large dependency. MD5's constants are computed as
/// the standard defines them, which is shorter than listing them.
package enum Checksum {
    /// SHA-256 (FIPS 180-4): 32 bytes.
    package static func sha256(_ message: [UInt8]) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: 32)
        nj_sha256(message, message.count, &digest)
        return digest
    }

    /// MD5 (RFC 1321): 16 bytes. It is broken for signatures; it is here because a node's `--rpc-login` uses it.
    package static func md5(_ message: [UInt8]) -> [UInt8] {
        var hash: [UInt32] = [0x6745_2301, 0xEFCD_AB89, 0x98BA_DCFE, 0x1032_5476]
        let bytes = padded(message)
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

    private static let md5Constants = (1...64).map { UInt32(4_294_967_296 * abs(sin(Double($0)))) }
    private static let md5Turns: [[UInt32]] = [[7, 12, 17, 22], [5, 9, 14, 20], [4, 11, 16, 23], [6, 10, 15, 21]]

    /// Appends a one bit, zeros up to byte 56 of a block of 64, and the length in bits as a 64-bit number, little-endian.
    private static func padded(_ message: [UInt8]) -> [UInt8] {
        var bytes = message + [0x80]
        bytes += [UInt8](repeating: 0, count: (120 - bytes.count % 64) % 64)
        let length = UInt64(message.count) * 8
        return bytes + (0..<8).map { UInt8(truncatingIfNeeded: length >> UInt64(8 * $0)) }
    }
}
