/// Why bytes are not JSON, and where. The description is one line, for the log of a connection; ``Problem`` has what
/// a file's author needs.
package struct JSONError: Error, Hashable, CustomStringConvertible {
    package enum Problem: Sendable, Hashable {
        case notUTF8
        case tooDeep(limit: Int)
        /// The bytes end within the value.
        case endsTooEarly
        /// More stands behind the value.
        case trailing
        /// This byte cannot begin a value; `nil` for one that is no printable ASCII character.
        case noValue(Character?)
        /// `mark` is missing after what `place` says.
        case missing(mark: Character, after: Place)
        case nameWithoutQuotes
        /// A name stands twice, where the reader was told to refuse that.
        case twice(String)
        /// A string has a control character in it, as one that does not end on its line has.
        case controlCharacter
        /// `\u` names half of a surrogate pair.
        case halfCharacter
        case badEscape(Character)
        case badHex
        case noDigitsAfterPoint
        case noExponent
    }

    /// What a missing mark should have followed.
    package enum Place: Sendable, Hashable {
        case name(String)
        case member(String)
        case element
    }

    package let problem: Problem
    /// The byte, from 0.
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
