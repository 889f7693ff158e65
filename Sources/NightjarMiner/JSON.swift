/// A JSON value that keeps the order of its fields, so that output reads as the interface describes it.
///
/// Foundation's encoder has no order to keep; lines meant for people's scripts are easier to read with one.
package enum JSON: Sendable, Hashable, CustomStringConvertible {
    case null
    case bool(Bool)
    case integer(Int64)
    case unsigned(UInt64)
    /// A number; one that is not finite is written as `null`, which JSON has instead.
    case number(Double)
    case string(String)
    case array([JSON])
    case object([Field])

    /// One member of an object.
    package struct Field: Sendable, Hashable {
        package let name: String
        package let value: JSON

        package init(_ name: String, _ value: JSON) {
            self.name = name
            self.value = value
        }
    }

    /// An object with its fields in the order given.
    package static func fields(_ fields: KeyValuePairs<String, JSON>) -> JSON {
        .object(fields.map { Field($0.key, $0.value) })
    }

    /// A string, or `null` for none.
    package static func optional(_ text: String?) -> JSON { text.map(JSON.string) ?? .null }

    /// The value on one line, without spaces. Any text in it is escaped, so that a line stays a line.
    package var description: String {
        var text = ""
        write(to: &text)
        return text
    }

    private func write(to text: inout String) {
        switch self {
        case .null: text += "null"
        case .bool(let value): text += value ? "true" : "false"
        case .integer(let value): text += String(value)
        case .unsigned(let value): text += String(value)
        case .number(let value): text += value.isFinite ? Self.plain(value) : "null"
        case .string(let value): Self.quote(value, into: &text)
        case .array(let values):
            text += "["
            for (i, value) in values.enumerated() {
                if i > 0 { text += "," }
                value.write(to: &text)
            }
            text += "]"
        case .object(let fields):
            text += "{"
            for (i, field) in fields.enumerated() {
                if i > 0 { text += "," }
                Self.quote(field.name, into: &text)
                text += ":"
                field.value.write(to: &text)
            }
            text += "}"
        }
    }

    /// Rates and times to a thousandth: more digits would be noise that looks like precision.
    private static func plain(_ value: Double) -> String {
        guard abs(value) < 1e12 else { return String(value) }
        let rounded = (value * 1000).rounded() / 1000
        return rounded == rounded.rounded() ? String(Int64(rounded)) : String(rounded)
    }

    private static func quote(_ value: String, into text: inout String) {
        text += "\""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            // Other control characters, and the two line separators that some readers take for an end of line.
            case _
            where scalar.value < 0x20 || scalar.value == 0x7F || (0x80...0x9F).contains(scalar.value)
                || scalar.value == 0x2028 || scalar.value == 0x2029:
                let digits = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }
}
