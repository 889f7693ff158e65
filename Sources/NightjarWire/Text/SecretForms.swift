import NightjarCore
import NightjarPlatform

/// The forms in which a secret is looked for: as it is, as hex, and as Base64, also within a longer text, as in the
/// `USER:PASSWORD` of HTTP's Basic login. Escaped forms need no pattern, because ``FoldedText`` also reads the text with
/// its escapes undone.
struct SecretForms: Sendable {
    private struct Form: Sendable, Hashable {
        /// Folded, as ``FoldedText`` folds.
        let values: [UInt32]
        let kind: Kind
    }

    private enum Kind: Sendable, Hashable {
        case plain
        /// A short secret may be part of an ordinary word, so it counts only where it stands alone.
        case word
        /// Letters and digits that a longer text goes on with: all of it is covered.
        case encoded
    }

    /// By their first value; the longest first, because one secret may be part of another.
    private let forms: [UInt32: [Form]]

    var isEmpty: Bool { forms.isEmpty }

    init(of secrets: [String]) {
        var all: Set<Form> = []
        for secret in secrets where !secret.isEmpty && secret != "x" {
            let folded = FoldedText.fold(secret)
            if !folded.isEmpty { all.insert(Form(values: folded, kind: folded.count < 4 ? .word : .plain)) }
            // The pool may have changed its case before it encoded it.
            for text in [secret, secret.lowercased(), secret.uppercased()] { all.formUnion(Self.encoded(text)) }
        }
        forms = Dictionary(grouping: all.filter { !$0.values.isEmpty }, by: { $0.values[0] }).mapValues {
            $0.sorted { $0.values.count > $1.values.count }
        }
    }

    private static func encoded(_ secret: String) -> Set<Form> {
        var all: Set<Form> = []
        let bytes = Array(secret.utf8)
        // Shorter ones would be found in other numbers.
        guard bytes.count >= 4 else { return [] }
        all.insert(Form(values: FoldedText.fold(Hex.encode(bytes)), kind: .encoded))
        // A text before it shifts a secret's bits within the groups of three bytes.
        for shift in 0..<3 {
            let core = Self.base64Core(bytes, shift: shift)
            all.insert(Form(values: FoldedText.fold(core), kind: .encoded))
            // Base64 for URLs has two other characters.
            let other = String(core.map { $0 == "+" ? "-" : $0 == "/" ? "_" : $0 })
            all.insert(Form(values: FoldedText.fold(other), kind: .encoded))
        }
        return all
    }

    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")

    /// The Base64 digits that hold nothing but bits of `bytes`, when so many bytes stand before them.
    private static func base64Core(_ bytes: [UInt8], shift: Int) -> String {
        let all = [UInt8](repeating: 0, count: shift) + bytes
        let digits = (shift * 8 + 5) / 6..<all.count * 8 / 6
        return String(
            digits.map { digit in
                let (byte, bit) = (digit * 6 / 8, digit * 6 % 8)
                let pair = UInt16(all[byte]) << 8 | UInt16(byte + 1 < all.count ? all[byte + 1] : 0)
                return alphabet[Int(pair >> UInt16(10 - bit) & 63)]
            })
    }

    /// Where secrets stand, in any order.
    func ranges(in scalars: ArraySlice<Unicode.Scalar>) -> [Range<Int>] {
        var found: [Range<Int>] = []
        for text in FoldedText.readings(of: scalars) {
            var grown = 0..<0
            // Every place is tried: a secret may begin within another one, or within itself.
            for at in text.values.indices {
                let form = forms[text.values[at]]?.first { stands($0, at: at, in: text) }
                guard let form else { continue }
                let range = text.starts[at]..<text.ends[at + form.values.count - 1]
                // Within a range that has grown already, it would grow to the same.
                if grown.lowerBound <= range.lowerBound, range.upperBound <= grown.upperBound { continue }
                grown = Self.grown(range, form.kind, in: scalars)
                found.append(grown)
            }
        }
        return found
    }

    private func stands(_ form: Form, at: Int, in text: FoldedText) -> Bool {
        let end = at + form.values.count
        guard end <= text.values.count, text.values[at..<end].elementsEqual(form.values) else { return false }
        guard form.kind == .word else { return true }
        return !(at > 0 && text.isWordPart(at - 1)) && !(end < text.values.count && text.isWordPart(end))
    }

    /// The range with the marks that stand on its last character; an encoded secret's with all that it is part of.
    private static func grown(
        _ range: Range<Int>, _ kind: Kind, in scalars: ArraySlice<Unicode.Scalar>
    ) -> Range<Int> {
        var (start, end) = (range.lowerBound, range.upperBound)
        if kind == .encoded {
            while start > scalars.startIndex, isDigit(scalars[start - 1]) { start -= 1 }
            while end < scalars.endIndex, isDigit(scalars[end]) { end += 1 }
        }
        while end < scalars.endIndex, !scalars[end].isASCII, scalars[end].isCombiningMark { end += 1 }
        return start..<end
    }

    /// A digit of hex or Base64.
    private static func isDigit(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "A"..."Z", "a"..."z", "0"..."9", "+", "/", "-", "_", "=": true
        default: false
        }
    }
}
