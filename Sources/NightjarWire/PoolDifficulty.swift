import NightjarCore

/// A difficulty as a pool writes it, in the pool's own unit.
package struct PoolDifficulty: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// The difficulty as a JSON number, exactly as the pool wrote it.
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

    /// For people: a whole number as it is, a fraction with four significant digits.
    package var description: String {
        guard UInt128(text) == nil else { return text }
        if value >= 1000 { return value < 0x1p63 ? String(Int64(value.rounded())) : "\(value)" }
        var (scaled, places) = (value, 0)
        while scaled < 1000, places < Self.mostPlaces {
            scaled *= 10
            places += 1
        }
        guard scaled >= 1 else { return "\(value)" }
        let digits = String(Int(scaled.rounded()))
        let padded = String(repeating: "0", count: max(0, places + 1 - digits.count)) + digits
        var fraction = padded.suffix(places)
        while fraction.last == "0" { fraction.removeLast() }
        let whole = padded.dropLast(places)
        return fraction.isEmpty ? String(whole) : "\(whole).\(fraction)"
    }

    /// Enough for one hash in Bitcoin's unit, 2⁻³².
    private static let mostPlaces = 16

    package static func < (a: PoolDifficulty, b: PoolDifficulty) -> Bool { a.value < b.value }
}
