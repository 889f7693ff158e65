/// Words for the user that may repeat text from outside: our own words as they stand, theirs raw and whole.
///
/// It is a type of its own so that the compiler holds the door: only ``KnownSecrets`` makes a `String` of it, and only a
/// `String` can be shown. Secrets must be covered before anything is cut, so nothing outside the door cuts.
///
/// ```swift
/// "target '\(theirs: text, 40)' is not 8 or 16 hex digits"      // at most 40 bytes of their text are shown
/// ```
package struct OutsideText: Sendable, ExpressibleByStringInterpolation {
    enum Part: Sendable {
        case ours(String)
        /// At most so many bytes of it are shown.
        case theirs(String, limit: Int)

        var text: String {
            switch self {
            case .ours(let text), .theirs(let text, _): text
            }
        }
    }

    let parts: [Part]

    /// Text from outside, whole.
    package init(theirs text: some StringProtocol, limit: Int = Redactor.longest) {
        parts = [.theirs(String(text), limit: limit)]
    }

    /// Nightjar's own words. They pass the door like all others.
    package init(ours words: some CustomStringConvertible) { parts = [.ours(words.description)] }

    package init(stringLiteral words: String) { parts = [.ours(words)] }

    package init(stringInterpolation: StringInterpolation) { parts = stringInterpolation.parts }

    package struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var parts: [Part] = []

        package init(literalCapacity: Int, interpolationCount: Int) {
            parts.reserveCapacity(2 * interpolationCount + 1)
        }

        package mutating func appendLiteral(_ words: String) { if !words.isEmpty { parts.append(.ours(words)) } }

        package mutating func appendInterpolation(theirs text: some StringProtocol, _ limit: Int = Redactor.longest) {
            parts.append(.theirs(String(text), limit: limit))
        }

        package mutating func appendInterpolation(ours words: some CustomStringConvertible) {
            parts.append(.ours(words.description))
        }

        package mutating func appendInterpolation(_ number: some BinaryInteger) { parts.append(.ours(String(number))) }

        package mutating func appendInterpolation(_ text: OutsideText) { parts += text.parts }
    }
}

extension OutsideText: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    // A text that is printed by mistake says nothing.
    package var description: String { "(text from outside)" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: [:]) }
}

extension OutsideText: Hashable {
    /// Two are equal when they read the same to a user without secrets.
    package static func == (a: OutsideText, b: OutsideText) -> Bool { a.plain == b.plain }
    package func hash(into hasher: inout Hasher) { hasher.combine(plain) }

    private var plain: String { Redactor([])(self) }
}

/// An error whose words may repeat text from outside.
package protocol OutsideError: Error {
    var words: OutsideText { get }
}
