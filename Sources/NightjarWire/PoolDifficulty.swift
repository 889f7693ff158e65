import NightjarCore

/// A difficulty as a pool writes it, in the pool's own unit.
package struct PoolDifficulty: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// The difficulty as a JSON number, exactly as it is shown.
    package let text: String
    /// How many hashes one unit stands for, on average.
    package let hashesPerUnit: Double
    /// The same number in units, rounded to a `Double`.
    package let value: Double

    /// In hashes, as CryptoNote's pools and nodes write it.
    package init(hashes: UInt128) {
        text = String(hashes)
        hashesPerUnit = 1
        value = Double(hashes)
    }

    /// - Parameters:
    ///   - text: a JSON number above zero of at most 64 bytes; the result is `nil` for anything else.
    ///   - hashesPerUnit: above zero.
    package init?(text: String, hashesPerUnit: Double) {
        guard text.utf8.count <= 64, text.utf8.allSatisfy(Self.isOfNumber), let value = Double(text), value.isFinite,
            value > 0, hashesPerUnit > 0
        else { return nil }
        self.text = text
        self.hashesPerUnit = hashesPerUnit
        self.value = value
    }

    /// How many hashes it takes, on average.
    package var expectedHashes: Double { value * hashesPerUnit }

    /// The highest difficulty that a hash meets, in this unit.
    package func met(by digest: Digest) -> PoolDifficulty {
        let hashes = Target(words: digest.words).difficulty.value
        guard hashesPerUnit != 1 else { return PoolDifficulty(hashes: hashes) }
        let value = Double(hashes) / hashesPerUnit
        return PoolDifficulty(text: "\(value)", hashesPerUnit: hashesPerUnit) ?? PoolDifficulty(hashes: hashes)
    }

    private static func isOfNumber(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"),
            UInt8(ascii: "+"), UInt8(ascii: "-"):
            true
        default: false
        }
    }

    package var description: String { text }

    package static func < (a: PoolDifficulty, b: PoolDifficulty) -> Bool { a.value < b.value }
}
