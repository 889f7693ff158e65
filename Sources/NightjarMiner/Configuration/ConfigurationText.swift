import NightjarJSON
import NightjarPlatform

/// JSON from a file that a person wrote (``JSONStyle/written``). Every value knows its line, so that an error can name it.
package struct ConfigurationText: JSONTree, Sendable, Hashable {
    package typealias Member = JSONMember<ConfigurationText>

    package let value: JSONElement<ConfigurationText>
    /// From 1.
    package let line: Int

    package static func node(_ element: JSONElement<ConfigurationText>, line: Int) -> ConfigurationText {
        ConfigurationText(value: element, line: line)
    }

    /// Reads one value with nothing but white space around it.
    package static func parse(_ bytes: [UInt8]) throws(ConfigurationSyntaxError) -> ConfigurationText {
        do { return try JSONReader<ConfigurationText>.read(bytes, .written) } catch {
            let words = encoding(bytes).map { "it is \($0); save it as UTF-8" } ?? reason(error.problem)
            throw ConfigurationSyntaxError(line: error.line, reason: words)
        }
    }

    /// The encoding in which some editors save a text, where the bytes tell it; `nil` for UTF-8 and others.
    private static func encoding(_ bytes: [UInt8]) -> String? {
        let start = bytes.prefix(4)
        if start.starts(with: [0xFF, 0xFE, 0, 0]) || start.starts(with: [0, 0, 0xFE, 0xFF]) { return "UTF-32" }
        if start.starts(with: [0xFF, 0xFE]) || start.starts(with: [0xFE, 0xFF]) { return "UTF-16" }
        // Without a mark: half of the bytes of ASCII characters are zero.
        guard start.count == 4, start.contains(0) else { return nil }
        return start.count { $0 == 0 } == 2 ? "UTF-16" : nil
    }

    /// A fault that is a character in the wrong place.
    private static func misplaced(_ character: Character) -> String {
        if "“”„‘’'`".contains(character) {
            return "'\(character)' does not belong here: write straight quotation marks, \""
        }
        if character.unicodeScalars.allSatisfy({
            $0.properties.isWhitespace || $0.properties.generalCategory == .format
        }) {
            let codes = character.unicodeScalars.map { "U+" + String($0.value, radix: 16, uppercase: true) }
            return "an invisible character (\(codes.joined(separator: " "))) does not belong here: delete it"
        }
        return "'\(printable(String(character)))' does not belong here"
    }

    private static func reason(_ problem: JSONError.Problem) -> String {
        switch problem {
        case .notUTF8: "it is not UTF-8"
        case .tooDeep: "lists and objects are nested too deep"
        case .endsTooEarly: "the text ends too early"
        case .trailing: "there is more text after the end of the configuration"
        case .noValue(let character?): misplaced(character)
        case .noValue(nil): "a value is missing"
        case .missing(let mark, .name(let name)): "'\(mark)' is missing after '\(printable(name, limit: 60))'"
        case .missing(let mark, .member(let name)):
            "'\(mark)' is missing after the value of '\(printable(name, limit: 60))'"
        case .missing(let mark, .element): "'\(mark)' is missing after a list's value"
        case .openComment: "a comment does not end"
        case .nameWithoutQuotes(let character?) where !character.isASCII || character == "'":
            misplaced(character)
        case .nameWithoutQuotes: "a key in quotation marks is missing"
        case .twice(let name): "'\(printable(name, limit: 60))' is here twice"
        case .controlCharacter: "a text does not end on its line"
        case .halfCharacter: "half a character in a text"
        case .badEscape(let character): "'\\\(printable(String(character), limit: 60))' means nothing in a text"
        case .tooManyMarks(let limit): "a text has more than \(limit) combining marks in a row"
        case .badHex: "'\\u' needs four hex digits"
        case .noDigitsAfterPoint: "a number ends with a point"
        case .noExponent: "a number has no exponent"
        }
    }
}

extension JSONElement {
    /// The kind of value, in words for the configuration's author.
    package var kind: String {
        switch self {
        case .null: "null"
        case .bool: "true or false"
        case .number: "a number"
        case .string: "a text"
        case .array: "a list"
        case .object: "an object"
        }
    }
}
