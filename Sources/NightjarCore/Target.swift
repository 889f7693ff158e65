/// What a digest, or a commitment, is compared with: a 256-bit number that a hash, read as a little-endian integer,
/// must not exceed.
///
/// *Target* is compared, *difficulty* is displayed. One rule serves every proof of work: hash ≤ target. A device
/// compares the top words alone and may hand up a near miss; the verifier compares all four.
public struct Target: Sendable, Hashable {
    // Four values and no tuple, so that the compiler makes == and hash. The least significant first.
    private let word0: UInt64
    private let word1: UInt64
    private let word2: UInt64
    /// The most significant 64 bits. A hash whose top word is greater misses the target; one whose top word is less
    /// meets it; one whose top word is equal may do either.
    package let top: UInt64

    /// Four 64-bit words, the least significant first, as in a digest.
    package var words: (UInt64, UInt64, UInt64, UInt64) { (word0, word1, word2, top) }

    /// Every hash meets it.
    package static let easiest = Target(words: (.max, .max, .max, .max))

    /// - Parameter words: the least significant first.
    package init(words: (UInt64, UInt64, UInt64, UInt64)) { (word0, word1, word2, top) = words }

    /// - Parameter bytes: 32 bytes, little-endian; `nil` for any other number.
    public init?(littleEndian bytes: some Collection<UInt8>) {
        guard let digest = Digest(bytes) else { return nil }
        self.init(words: digest.words)
    }

    /// A CryptoNote pool's 64-bit target, which a hash's top word must be less than: this target is (value · 2¹⁹²) − 1.
    ///
    /// - Parameter value: `nil` is returned for zero, which no word is less than.
    public init?(cryptonote value: UInt64) {
        guard value > 0 else { return nil }
        self.init(words: (.max, .max, .max, value - 1))
    }

    /// The hardest target that meets a difficulty, ⌊(2²⁵⁶ − 1) / difficulty⌋: hash · difficulty < 2²⁵⁶ exactly when the
    /// hash meets it, which is the rule of a CryptoNote node for a block.
    public init(difficulty: Difficulty) {
        let (high, rest) = UInt128.max.quotientAndRemainder(dividingBy: difficulty.value)
        let low = difficulty.value.dividingFullWidth((rest, UInt128.max)).quotient
        self.init(
            words: (
                UInt64(truncatingIfNeeded: low), UInt64(truncatingIfNeeded: low >> 64),
                UInt64(truncatingIfNeeded: high), UInt64(truncatingIfNeeded: high >> 64)
            ))
    }

    /// Whether a hash with this top word meets the target, or may: what a device decides by.
    package func mayBeMet(byTop word: UInt64) -> Bool { word <= top }

    /// Whether `digest`, as a little-endian integer, is at most the target.
    public func isMet(by digest: Digest) -> Bool {
        let (a, b) = (digest.words, words)
        if a.3 != b.3 { return a.3 < b.3 }
        if a.2 != b.2 { return a.2 < b.2 }
        if a.1 != b.1 { return a.1 < b.1 }
        return a.0 <= b.0
    }

    /// Whether `proof` meets the target: its commitment if it has one, else its digest.
    package func isMet(by proof: Proof) -> Bool { isMet(by: proof.compared) }

    /// How many hashes it takes to meet the target, on average: 2²⁵⁶ / (target + 1), to the nearest.
    public var difficulty: Difficulty {
        var low = UInt128(words.1) << 64 | UInt128(words.0)
        var high = UInt128(words.3) << 64 | UInt128(words.2)
        let (sum, carry) = low.addingReportingOverflow(1)
        low = sum
        if carry {
            // Every hash meets the easiest target.
            guard high < .max else { return .one }
            high += 1
        }
        return Difficulty(unchecked: Self.reciprocal(high: high, low: low))
    }

    /// 2²⁵⁶ / divisor to the nearest, 2¹²⁸ − 1 at most; by long division, for it is not asked for often.
    private static func reciprocal(high: UInt128, low: UInt128) -> UInt128 {
        // Below 2¹²⁸, the quotient would not fit.
        guard high > 0 else { return .max }
        // 2¹²⁸ is less than the divisor or equal to it: its quotient is 0, or 1 for 2¹²⁸ itself.
        if high == 1 && low == 0 { return .max }
        var rest: (high: UInt128, low: UInt128) = (1, 0)
        var quotient: UInt128 = 0
        for _ in 0..<128 {
            let carry = rest.high >> 127
            rest = (rest.high << 1 | rest.low >> 127, rest.low << 1)
            quotient <<= 1
            if carry > 0 || !isLess(rest, (high, low)) {
                rest = subtract(rest, (high, low))
                quotient |= 1
            }
        }
        let isHalf = rest.high >> 127 > 0 || !isLess((rest.high << 1 | rest.low >> 127, rest.low << 1), (high, low))
        return isHalf && quotient < .max ? quotient + 1 : quotient
    }

    private static func isLess(_ a: (high: UInt128, low: UInt128), _ b: (high: UInt128, low: UInt128)) -> Bool {
        a.high == b.high ? a.low < b.low : a.high < b.high
    }

    private static func subtract(
        _ a: (high: UInt128, low: UInt128), _ b: (high: UInt128, low: UInt128)
    ) -> (high: UInt128, low: UInt128) {
        let (low, borrow) = a.low.subtractingReportingOverflow(b.low)
        return (a.high &- b.high &- (borrow ? 1 : 0), low)
    }
}
