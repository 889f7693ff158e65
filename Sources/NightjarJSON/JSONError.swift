/// Why and where bytes are not JSON. The description is one line for a connection's log; ``Problem`` has the details
/// for a file's author.
package struct JSONError: Error, Hashable, CustomStringConvertible {
    package enum Problem: Sendable, Hashable {
        case notUTF8
        case tooDeep(limit: Int)
        /// The bytes end within the value.
        case endsTooEarly
        /// There are more bytes after the value.
        case trailing
        /// This character cannot begin a value; `nil` for a control character, and at the end.
        case noValue(Character?)
        /// `mark` is missing after `place`.
        case missing(mark: Character, after: Place)
        /// A member's name begins with this character, and not with a quotation mark; `nil` as in ``noValue(_:)``.
        case nameWithoutQuotes(Character?)
        /// A comment that begins with `/*` and does not end.
        case openComment
        /// A name stands twice in an object, and the reader refuses that.
        case twice(String)
        /// A string holds a control character, for example because it does not end on its line.
        case controlCharacter
        /// `\u` names half of a surrogate pair.
        case halfCharacter
        case badEscape(Character)
        /// More combining marks follow each other than any language needs.
        case tooManyMarks(limit: Int)
        case badHex
        case noDigitsAfterPoint
        case noExponent
    }

    /// The thing after which a mark is missing.
    package enum Place: Sendable, Hashable {
        case name(String)
        case member(String)
        case element
    }

    package let problem: Problem
    /// The byte's offset, from 0.
    package let offset: Int
    /// The line, from 1.
    package let line: Int

    package var description: String {
        switch problem {
        case .notUTF8: "invalid UTF-8"
        case .tooDeep(let limit): "JSON nested deeper than \(limit)"
        case .endsTooEarly: "JSON that ends too early"
        default: "not JSON at byte \(offset)"
        }
    }
}
