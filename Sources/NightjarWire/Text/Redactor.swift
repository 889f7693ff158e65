import NightjarPlatform

/// Makes a `String` of ``OutsideText``: covers secrets, then makes control characters visible, then cuts. In another
/// order a cut would leave half of a secret, which no longer looks like one.
///
/// A secret is covered in any letter case, with any marks and invisible characters in it, and in the forms that
/// ``SecretForms`` and ``FoldedText`` know. It is covered in each quoted part and in the composed text.
///
/// This is not promised: a secret that is split over two texts, such as two messages, or that has other visible
/// characters between its letters; a part of a secret; other codings, as backwards. A number that a pool sends as a
/// number, such as a height, is shown as the number that it is.
package struct Redactor: Sendable {
    package static let cover = "[secret]"
    /// A composed text is cut to this many bytes.
    package static let longest = 1000

    /// Of a part with more bytes only their number is shown: a secret could have any number of invisible characters in
    /// it, and would not be found in a part of the text.
    private static let mostBytes = 1 << 16

    private let forms: SecretForms

    /// - Parameter secrets: the empty text and `x`, the usual password for pools without one, do not count as secrets.
    package init(_ secrets: [String]) { forms = SecretForms(of: secrets) }

    package func callAsFunction(_ text: OutsideText) -> String {
        var scalars: [Unicode.Scalar] = []
        var ends: [Int] = []
        for part in text.parts {
            let size = part.text.utf8.count
            let text = size <= Self.mostBytes ? part.text : "(a text of \(size) bytes)"
            scalars += text.unicodeScalars
            ends.append(scalars.count)
        }
        let covered = covered(scalars, ends)

        var whole = PrintableWriter(limit: Self.longest)
        var next = covered[...]
        var at = 0
        for (part, end) in zip(text.parts, ends) {
            var writer = PrintableWriter(limit: Self.limit(part))
            while at < end {
                guard let range = next.first, range.contains(at) else {
                    _ = writer.append(scalars[at])
                    at += 1
                    continue
                }
                if at == range.lowerBound { writer.append(whole: Self.cover) }
                // A cover may reach into the next part.
                at = min(range.upperBound, end)
                if at == range.upperBound { next = next.dropFirst() }
            }
            for scalar in writer.text.unicodeScalars where !whole.append(scalar) { return whole.text }
        }
        return whole.text
    }

    private static func limit(_ part: OutsideText.Part) -> Int {
        if case .theirs(_, let limit) = part { limit } else { longest }
    }

    /// The ranges of secrets, ascending, without overlaps.
    private func covered(_ scalars: [Unicode.Scalar], _ ends: [Int]) -> [Range<Int>] {
        guard !forms.isEmpty else { return [] }
        var found = forms.ranges(in: scalars[...])
        if ends.count > 1 {
            // A short secret may be a word of its part and not of the composed text.
            for (start, end) in zip([0] + ends, ends) { found += forms.ranges(in: scalars[start..<end]) }
        }
        var merged: [Range<Int>] = []
        for range in found.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = merged.last, range.lowerBound < last.upperBound {
                merged[merged.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
            } else {
                merged.append(range)
            }
        }
        return merged
    }
}
