/// What a digest, or a commitment, is compared with: it is good enough when its ``Digest/work`` is less than `value`.
///
/// *Target* is compared, *difficulty* is displayed. As in `protocols`: a share meets the target when the little-endian
/// 64-bit word at bytes 24 to 31 of the hash is less than the target.
public struct Target: Sendable, Hashable {
    public let value: UInt64

    /// Every digest meets it, but for the one in 2⁶⁴ whose word is all ones.
    public static let easiest = Target(unchecked: .max)

    /// - Parameter value: `nil` is returned for zero, which no hash can be less than.
    public init?(_ value: UInt64) {
        guard value > 0 else { return nil }
        self.value = value
    }

    private init(unchecked value: UInt64) { self.value = value }

    /// The greatest ``Digest/work`` that meets the target.
    public var top: UInt64 { value - 1 }

    /// The target of a difficulty, (2⁶⁴ − 1) / difficulty.
    public init(difficulty: Difficulty) { self.init(unchecked: .max / difficulty.value) }

    /// The target as pools write it: 4 or 8 bytes of hex, little-endian.
    ///
    /// A 4-byte target t expands to t · 2³². The pool made t by rounding (2³² − 1) / difficulty down, so that this
    /// never exceeds its (2⁶⁴ − 1) / difficulty; dividing back would, for pools that compare the top four bytes with t.
    /// - Returns: `nil` for any other length, for anything but hex, and for zero.
    public init?(poolHex hex: some StringProtocol) {
        guard let bytes = Hex.decode(hex), bytes.count == 4 || bytes.count == 8 else { return nil }
        let value = bytes.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        self.init(bytes.count == 4 ? value << 32 : value)
    }

    @inlinable public func isMet(by digest: Digest) -> Bool { digest.work < value }

    /// Whether what is compared of `proof` meets the target: its commitment, if it has one.
    public func isMet(by proof: Proof) -> Bool { isMet(by: proof.compared) }

    /// The difficulty to display for this target.
    public var difficulty: Difficulty { Difficulty(unchecked: .max / value) }

    /// The target as pools write it: 8 bytes of hex, little-endian.
    public var poolHex: String { Hex.encode((0..<8).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }) }
}

/// The expected number of hashes per share. At least 1.
public struct Difficulty: Sendable, Hashable, Comparable, CustomStringConvertible {
    public let value: UInt64

    public static let one = Difficulty(unchecked: 1)

    /// - Parameter value: `nil` is returned for zero.
    public init?(_ value: UInt64) {
        guard value > 0 else { return nil }
        self.value = value
    }

    init(unchecked value: UInt64) { self.value = value }

    public var description: String { String(value) }

    public static func < (a: Difficulty, b: Difficulty) -> Bool { a.value < b.value }

    /// Whether `digest`, as a 256-bit little-endian integer, times this difficulty is below 2²⁵⁶: the test that a
    /// CryptoNote node applies to a block.
    public func isMetAsBlock(by digest: Digest) -> Bool {
        var carry: UInt64 = 0
        for word in [digest.words.0, digest.words.1, digest.words.2, digest.words.3] {
            let product = word.multipliedFullWidth(by: value)
            let (_, overflow) = product.low.addingReportingOverflow(carry)
            carry = product.high + (overflow ? 1 : 0)
        }
        return carry == 0
    }
}
