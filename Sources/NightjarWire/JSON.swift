/// A JSON value (RFC 8259), as the wire's messages are read and written.
///
/// Its own small reader and not a general one: outside data needs a bound on nesting, and numbers must keep all their
/// digits (a difficulty is 64-bit, and a pool's id is echoed as it came).
package enum JSON: Sendable, Hashable {
    case null
    case bool(Bool)
    /// The literal as it was written.
    case number(String)
    case string(String)
    case array([JSON])
    /// Of members with the same name, the last.
    case object([String: JSON])

    package static func number(_ value: some BinaryInteger) -> JSON { .number(String(value)) }

    package var isNull: Bool { self == .null }

    package var string: String? { if case .string(let text) = self { text } else { nil } }

    package var bool: Bool? { if case .bool(let value) = self { value } else { nil } }

    /// A number that was written as a plain integer in range; strings of digits are not numbers.
    package var uint64: UInt64? { if case .number(let text) = self { UInt64(text) } else { nil } }

    package var array: [JSON]? { if case .array(let values) = self { values } else { nil } }

    package var object: [String: JSON]? { if case .object(let members) = self { members } else { nil } }

    /// The object's member of that name; `nil` when there is none, it is null, or this is no object.
    package subscript(name: String) -> JSON? {
        guard case .object(let members) = self, let value = members[name], !value.isNull else { return nil }
        return value
    }

    /// What kind of value it is, for messages about wrong types.
    package var kind: String {
        switch self {
        case .null: "null"
        case .bool: "a boolean"
        case .number: "a number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }

    /// The value as compact text, members in the order of their names.
    package var text: String {
        switch self {
        case .null: "null"
        case .bool(let value): value ? "true" : "false"
        case .number(let literal): literal
        case .string(let text): Self.quoted(text)
        case .array(let values): "[" + values.map(\.text).joined(separator: ",") + "]"
        case .object(let members):
            "{"
                + members.sorted { $0.key < $1.key }.map { Self.quoted($0.key) + ":" + $0.value.text }.joined(
                    separator: ",")
                + "}"
        }
    }

    private static func quoted(_ text: String) -> String {
        var out = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": out += "\\\""
            case "\\": out += "\\\\"
            case "\n": out += "\\n"
            case "\r": out += "\\r"
            case "\t": out += "\\t"
            case _ where scalar.value < 0x20 || scalar.value == 0x7F:
                let hex = String(scalar.value, radix: 16)
                out += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out + "\""
    }
}

/// Why bytes are not the JSON that the wire takes. The description is one line.
package enum JSONError: Error, Hashable, CustomStringConvertible {
    case notUTF8
    case tooDeep(limit: Int)
    case unexpected(at: Int)
    case unexpectedEnd

    package var description: String {
        switch self {
        case .notUTF8: "invalid UTF-8"
        case .tooDeep(let limit): "JSON nested deeper than \(limit)"
        case .unexpected(let offset): "not JSON at byte \(offset)"
        case .unexpectedEnd: "JSON that ends too early"
        }
    }
}

extension JSON {
    /// How deep arrays and objects may stand in each other.
    package static let maximumDepth = 16

    /// Reads one value with nothing but white space around it.
    package init(parsing bytes: some Collection<UInt8>) throws(JSONError) {
        let bytes = Array(bytes)
        guard String(validating: bytes, as: UTF8.self) != nil else { throw .notUTF8 }
        var reader = Reader(bytes: bytes)
        self = try reader.value(depth: 0)
        reader.skipSpace()
        guard reader.at == bytes.count else { throw .unexpected(at: reader.at) }
    }

    /// A recursive-descent reader; recursion is bounded by `maximumDepth`.
    private struct Reader {
        let bytes: [UInt8]
        var at = 0

        mutating func skipSpace() {
            while at < bytes.count, bytes[at] == 0x20 || (0x09...0x0A).contains(bytes[at]) || bytes[at] == 0x0D {
                at += 1
            }
        }

        func peek() throws(JSONError) -> UInt8 {
            guard at < bytes.count else { throw .unexpectedEnd }
            return bytes[at]
        }

        mutating func take(_ byte: UInt8) throws(JSONError) {
            guard try peek() == byte else { throw .unexpected(at: at) }
            at += 1
        }

        mutating func word(_ word: StaticString, _ value: JSON) throws(JSONError) -> JSON {
            for i in 0..<word.utf8CodeUnitCount { try take(word.utf8Start[i]) }
            return value
        }

        mutating func value(depth: Int) throws(JSONError) -> JSON {
            skipSpace()
            switch try peek() {
            case UInt8(ascii: "{"): return try object(depth: depth + 1)
            case UInt8(ascii: "["): return try array(depth: depth + 1)
            case UInt8(ascii: "\""): return .string(try string())
            case UInt8(ascii: "t"): return try word("true", .bool(true))
            case UInt8(ascii: "f"): return try word("false", .bool(false))
            case UInt8(ascii: "n"): return try word("null", .null)
            default: return try number()
            }
        }

        mutating func object(depth: Int) throws(JSONError) -> JSON {
            guard depth <= JSON.maximumDepth else { throw .tooDeep(limit: JSON.maximumDepth) }
            try take(UInt8(ascii: "{"))
            var members: [String: JSON] = [:]
            skipSpace()
            if try peek() == UInt8(ascii: "}") {
                at += 1
                return .object(members)
            }
            while true {
                skipSpace()
                let name = try string()
                skipSpace()
                try take(UInt8(ascii: ":"))
                members[name] = try value(depth: depth)
                skipSpace()
                if try peek() == UInt8(ascii: "}") { break }
                try take(UInt8(ascii: ","))
            }
            at += 1
            return .object(members)
        }

        mutating func array(depth: Int) throws(JSONError) -> JSON {
            guard depth <= JSON.maximumDepth else { throw .tooDeep(limit: JSON.maximumDepth) }
            try take(UInt8(ascii: "["))
            var values: [JSON] = []
            skipSpace()
            if try peek() == UInt8(ascii: "]") {
                at += 1
                return .array(values)
            }
            while true {
                values.append(try value(depth: depth))
                skipSpace()
                if try peek() == UInt8(ascii: "]") { break }
                try take(UInt8(ascii: ","))
            }
            at += 1
            return .array(values)
        }

        mutating func string() throws(JSONError) -> String {
            try take(UInt8(ascii: "\""))
            var out: [UInt8] = []
            while true {
                let byte = try peek()
                switch byte {
                case UInt8(ascii: "\""):
                    at += 1
                    return String(decoding: out, as: UTF8.self)
                case UInt8(ascii: "\\"):
                    at += 1
                    try escape(into: &out)
                case 0..<0x20: throw .unexpected(at: at)
                default:
                    out.append(byte)
                    at += 1
                }
            }
        }

        private mutating func escape(into out: inout [UInt8]) throws(JSONError) {
            let start = at
            let byte = try peek()
            at += 1
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): out.append(byte)
            case UInt8(ascii: "b"): out.append(0x08)
            case UInt8(ascii: "f"): out.append(0x0C)
            case UInt8(ascii: "n"): out.append(0x0A)
            case UInt8(ascii: "r"): out.append(0x0D)
            case UInt8(ascii: "t"): out.append(0x09)
            case UInt8(ascii: "u"):
                var code = try hexQuad()
                if code & 0xFC00 == 0xD800 {
                    // The first of a surrogate pair: the second must follow.
                    try take(UInt8(ascii: "\\"))
                    try take(UInt8(ascii: "u"))
                    let low = try hexQuad()
                    guard low & 0xFC00 == 0xDC00 else { throw .unexpected(at: start) }
                    code = 0x10000 + (code & 0x3FF) << 10 + low & 0x3FF
                }
                guard let scalar = Unicode.Scalar(code) else { throw .unexpected(at: start) }
                out.append(contentsOf: String(Character(scalar)).utf8)
            default: throw .unexpected(at: start)
            }
        }

        private mutating func hexQuad() throws(JSONError) -> UInt32 {
            var code: UInt32 = 0
            for _ in 0..<4 {
                guard let digit = Character(Unicode.Scalar(try peek())).hexDigitValue else { throw .unexpected(at: at) }
                code = code << 4 | UInt32(digit)
                at += 1
            }
            return code
        }

        private mutating func number() throws(JSONError) -> JSON {
            let start = at
            if try peek() == UInt8(ascii: "-") { at += 1 }
            if try peek() == UInt8(ascii: "0") { at += 1 } else { try digits() }
            if at < bytes.count, bytes[at] == UInt8(ascii: ".") {
                at += 1
                try digits()
            }
            if at < bytes.count, bytes[at] | 0x20 == UInt8(ascii: "e") {
                at += 1
                if at < bytes.count, bytes[at] == UInt8(ascii: "+") || bytes[at] == UInt8(ascii: "-") { at += 1 }
                try digits()
            }
            return .number(String(decoding: bytes[start..<at], as: UTF8.self))
        }

        private mutating func digits() throws(JSONError) {
            let start = at
            while at < bytes.count, (48...57).contains(bytes[at]) { at += 1 }
            guard at > start else {
                if at < bytes.count { throw .unexpected(at: at) } else { throw .unexpectedEnd }
            }
        }
    }
}
