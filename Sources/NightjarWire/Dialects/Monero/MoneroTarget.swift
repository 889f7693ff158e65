import NightjarCore

extension Target {
    /// A share's target as Monero's pools write it: 4 or 8 bytes of hex, little-endian.
    ///
    /// A 4-byte target t expands to t · 2³². The pool rounded (2³² − 1) / difficulty down to t, so that t · 2³² never
    /// exceeds the pool's (2⁶⁴ − 1) / difficulty. A target computed from the difficulty could exceed it at pools that
    /// compare the top four bytes with t.
    /// - Returns: `nil` for any other length, for anything but hex, and for zero.
    package init?(poolHex hex: some StringProtocol) {
        guard let bytes = Hex.decode(hex), bytes.count == 4 || bytes.count == 8 else { return nil }
        let value = bytes.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        self.init(cryptonote: bytes.count == 4 ? value << 32 : value)
    }

    /// Monero's target for a difficulty: (2⁶⁴ − 1) / difficulty, compared with the top word.
    package init(poolDifficulty difficulty: Difficulty) {
        let value = UInt64.max / UInt64(clamping: difficulty.value)
        self = Target(cryptonote: value) ?? .easiest
    }

    /// The target as the 64-bit number that Monero's pools write.
    private var poolValue: UInt64 { top == .max ? .max : top + 1 }

    /// The target as pools write it: 8 bytes of hex, little-endian.
    package var poolHex: String {
        Hex.encode((0..<8).map { UInt8(truncatingIfNeeded: poolValue >> ($0 * 8)) })
    }

    /// The difficulty that Monero's pools show for the target: (2⁶⁴ − 1) / value.
    package var poolDifficulty: PoolDifficulty { PoolDifficulty(hashes: UInt128(UInt64.max / poolValue)) }
}
