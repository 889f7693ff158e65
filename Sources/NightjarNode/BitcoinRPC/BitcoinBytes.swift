import NightjarCore

/// How Bitcoin writes numbers, counts and hashes.
enum BitcoinBytes {
    /// A number's bytes, the least significant first.
    static func little(_ number: some FixedWidthInteger) -> [UInt8] {
        (0..<number.bitWidth / 8).map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) }
    }

    /// A count or a length before what it counts (CompactSize).
    static func count(_ count: Int) -> [UInt8] {
        switch count {
        case ..<0xfd: little(UInt8(count))
        case ...0xffff: [0xfd] + little(UInt16(count))
        case ...0xffff_ffff: [0xfe] + little(UInt32(count))
        default: [0xff] + little(UInt64(count))
        }
    }

    /// A push of at most 255 bytes in a script.
    static func push(_ bytes: [UInt8]) -> [UInt8] {
        // OP_PUSHDATA1 for what an opcode cannot count.
        (bytes.count > 75 ? [0x4c] : []) + [UInt8(bytes.count)] + bytes
    }

    /// A hash as nodes write it: its bytes backwards, in hex.
    static func shown(_ hash: [UInt8]) -> String { Hex.encode(hash.reversed()) }
}
