import NightjarCore
import NightjarWire

/// A target as a block's header has it, its `bits`: three bytes of a number, and how many bytes the number has.
struct CompactTarget: Sendable, Hashable {
    let target: Target
    /// In the unit that bitcoind and litecoind show: a difficulty of 1 is the target 0xffff · 2²⁰⁸.
    let difficulty: PoolDifficulty

    /// - Returns: `nil` for zero, a negative number, and one of more than 256 bits.
    init?(_ bits: UInt32) {
        let (size, number) = (Int(bits >> 24), bits & 0x7f_ffff)
        guard bits & 0x80_0000 == 0 else { return nil }
        var bytes = [UInt8](repeating: 0, count: 32)
        for i in 0..<3 {
            let (byte, place) = (UInt8(truncatingIfNeeded: number >> (8 * i)), size - 3 + i)
            // Below the first byte, a small size cuts the number off.
            guard byte > 0, place >= 0 else { continue }
            guard place < 32 else { return nil }
            bytes[place] = byte
        }
        guard bytes.contains(where: { $0 > 0 }), let target = Target(littleEndian: bytes) else { return nil }
        let number256 = bytes.reversed().reduce(0.0) { $0 * 256 + Double($1) }
        let first = Double(sign: .plus, exponent: 208, significand: 65535)
        let unit = Double(sign: .plus, exponent: 48, significand: 1) / 65535
        guard let difficulty = PoolDifficulty(text: "\(first / number256)", hashesPerUnit: unit) else { return nil }
        self.target = target
        self.difficulty = difficulty
    }
}
