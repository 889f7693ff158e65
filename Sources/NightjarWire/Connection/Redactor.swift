/// Covers known secrets in text from outside. A pool may repeat a password in its error, and that text goes into logs,
/// the ledger and the API.
package struct Redactor: Sendable {
    package static let cover = "[secret]"
    /// Longer text from an upstream is cut to this many characters.
    package static let longest = 1000

    private let secrets: [String]

    /// - Parameter secrets: the empty text and `x`, the usual password for pools without one, do not count as secrets.
    package init(_ secrets: [String]) {
        var all: [String] = []
        for secret in secrets where !secret.isEmpty && secret != "x" {
            for form in [secret, printable(secret)] where !all.contains(form) { all.append(form) }
        }
        // The longest first, because one secret may be part of another.
        self.secrets = all.sorted { $0.utf8.count > $1.utf8.count }
    }

    package func callAsFunction(_ text: String) -> String {
        var text = text
        for secret in secrets where text.contains(secret) {
            // A short secret may be part of an ordinary word, so cover it only where it stands alone.
            text = secret.utf8.count >= 4 ? text.replacing(secret, with: Self.cover) : Self.coverWords(secret, text)
        }
        return text.utf8.count > Self.longest ? String(text.prefix(Self.longest)) + "…" : text
    }

    private static func coverWords(_ secret: String, _ text: String) -> String {
        var out = ""
        var rest = text[...]
        while let range = rest.firstRange(of: secret) {
            let before = range.lowerBound == text.startIndex ? nil : text[text.index(before: range.lowerBound)]
            let after = range.upperBound == text.endIndex ? nil : text[range.upperBound]
            let isWord = !(before.map(isWordPart) ?? false) && !(after.map(isWordPart) ?? false)
            out += rest[..<range.lowerBound] + (isWord ? cover : secret)
            rest = rest[range.upperBound...]
        }
        return out + rest
    }

    private static func isWordPart(_ character: Character) -> Bool { character.isLetter || character.isNumber }
}

extension ShareOutcome {
    package func redacted(_ redact: Redactor) -> ShareOutcome {
        switch self {
        case .accepted: self
        case .rejected(let reason): .rejected(reason: redact(reason))
        case .stale(let reason): .stale(reason: redact(reason))
        case .expired(let reason): .expired(reason: redact(reason))
        }
    }
}
