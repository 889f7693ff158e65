import NightjarCore
import NightjarJSON

/// A pool's difficulty, and the target that it stands for, exactly.
package struct BitcoinDifficulty: Sendable, Hashable {
    /// The hardest target that meets it.
    package let target: Target
    /// As the pool wrote it.
    package let shown: PoolDifficulty

    /// Whether fewer hashes meet it than the other one.
    package func isHarder(than other: BitcoinDifficulty) -> Bool {
        !target.isMet(by: Digest(words: other.target.words))
    }

    /// A pool's unit of difficulty.
    package struct Unit: Sendable, Hashable {
        /// The convention for scrypt: difficulty 1 is 2¹⁶ times easier than SHA-256d's.
        private static let scryptFactor: Double = 65536

        /// How much easier the difficulty 1 of this algorithm's pools is than 0xFFFF · 2²⁰⁸.
        static func usualFactor(_ algorithm: Algorithm) -> Double { algorithm == .scrypt ? scryptFactor : 1 }

        private let factor: DecimalNumber
        /// The expected number of hashes for a share of difficulty 1.
        package let hashes: Double

        /// - Parameter factor: how much easier this pool's difficulty 1 is than 0xFFFF · 2²⁰⁸; `nil` for what is usual
        ///   for the algorithm.
        package init(_ algorithm: Algorithm, factor: Double? = nil) {
            var factor = factor ?? Self.usualFactor(algorithm)
            if !(factor > 0 && factor.isFinite) { factor = 1 }
            // A number above zero is one in decimal digits, too.
            self.factor = DecimalNumber("\(factor)") ?? DecimalNumber.one
            hashes = 0x1p48 / 0xFFFF / factor
        }

        /// The difficulty of a pool from which none has come yet.
        package var one: BitcoinDifficulty {
            BitcoinDifficulty(
                target: Self.target(factor, over: .one) ?? .easiest,
                shown: PoolDifficulty(text: "1", hashesPerUnit: hashes) ?? PoolDifficulty(hashes: 1))
        }

        /// - Parameter json: a number, or a text that is one.
        /// - Returns: `nil` for anything else, for numbers that are not above zero, and for a difficulty that no hash
        ///   meets.
        package func difficulty(_ json: JSON) -> BitcoinDifficulty? {
            switch json {
            case .number(let text), .string(let text): difficulty(text: text)
            default: nil
            }
        }

        package func difficulty(text: String) -> BitcoinDifficulty? {
            guard let number = DecimalNumber(text), let target = Self.target(factor, over: number),
                let shown = PoolDifficulty(text: text, hashesPerUnit: hashes)
            else { return nil }
            return BitcoinDifficulty(target: target, shown: shown)
        }

        /// A difficulty that is our own, in this unit; a whole number without a point.
        package func difficulty(value: Double) -> BitcoinDifficulty? {
            let isWhole = value < 0x1p53 && value == value.rounded()
            return difficulty(text: isWhole ? String(Int64(value)) : "\(value)")
        }

        /// Beyond this many digits before the point, or zeros behind it, a target is 0, or above 2²⁵⁶.
        private static let magnitudes = 90

        /// ⌊0xFFFF · 2²⁰⁸ · factor / number⌋, at most 2²⁵⁶ − 1; `nil` for zero.
        private static func target(_ factor: DecimalNumber, over number: DecimalNumber) -> Target? {
            let magnitude = number.magnitude - factor.magnitude
            guard magnitude < magnitudes else { return nil }
            guard magnitude > -magnitudes else { return .easiest }
            var (above, below) = (factor.digits, number.digits)
            above.multiply(by: 0xFFFF)
            let exponent = factor.exponent - number.exponent
            if exponent > 0 { above.multiply(byPowerOfTen: exponent) } else { below.multiply(byPowerOfTen: -exponent) }
            // 208 is 6 · 32 + 16.
            above.multiply(by: 1 << 16)
            let quotient = above.shifted(byLimbs: 6).quotient(by: below)
            guard quotient.bitWidth > 0 else { return nil }
            guard quotient.bitWidth <= 256 else { return .easiest }
            let limbs = quotient.limbs + [UInt32](repeating: 0, count: 8 - quotient.limbs.count)
            func word(_ index: Int) -> UInt64 { UInt64(limbs[2 * index + 1]) << 32 | UInt64(limbs[2 * index]) }
            return Target(words: (word(0), word(1), word(2), word(3)))
        }
    }
}
