/// JSON (RFC 8259) as a person writes it into a file: every value knows its line, so that whoever finds fault with one
/// can say where it stands.
///
/// Not the wire's reader: that one bounds and forgets, and takes the last of two members with one name, where a person
/// who wrote a key twice wants to be told.
package enum ConfigurationText {
    package indirect enum Value: Sendable, Hashable {
        case null
        case bool(Bool)
        /// The literal as it was written.
        case number(String)
        case string(String)
        case array([Node])
        case object([Member])

        /// What kind of value it is, for messages.
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

    package struct Node: Sendable, Hashable {
        package let value: Value
        /// From 1.
        package let line: Int
    }

    package struct Member: Sendable, Hashable {
        package let name: String
        /// Of its name, from 1.
        package let line: Int
        package let node: Node
    }

    /// Where a text is not JSON, and why.
    package struct Fault: Error, Sendable, Hashable {
        package let line: Int
        package let reason: String
    }

    /// How deep arrays and objects may stand in each other.
    private static let maximumDepth = 16

    /// Reads one value with nothing but white space around it.
    package static func parse(_ bytes: [UInt8]) throws(Fault) -> Node {
        guard String(validating: bytes, as: UTF8.self) != nil else { throw Fault(line: 1, reason: "it is not UTF-8") }
        var reader = Reader(bytes: bytes)
        let node = try reader.value(depth: 0)
        reader.skipSpace()
        guard reader.at == bytes.count else {
            throw reader.fault("something stands behind the end of the configuration")
        }
        return node
    }

    private struct Reader {
        let bytes: [UInt8]
        var at = 0
        var line = 1

        func fault(_ reason: String) -> Fault { Fault(line: line, reason: reason) }

        mutating func skipSpace() {
            while at < bytes.count {
                switch bytes[at] {
                case 0x0A: line += 1
                case 0x20, 0x09, 0x0D: break
                default: return
                }
                at += 1
            }
        }

        func peek() throws(Fault) -> UInt8 {
            guard at < bytes.count else { throw fault("the text ends too early") }
            return bytes[at]
        }

        mutating func take(_ byte: UInt8, after what: String) throws(Fault) {
            guard try peek() == byte else {
                throw fault("'\(Character(Unicode.Scalar(byte)))' is missing after \(what)")
            }
            at += 1
        }

        mutating func word(_ word: String, _ value: Value) throws(Fault) -> Value {
            guard bytes[at...].starts(with: word.utf8) else { throw unexpected() }
            at += word.utf8.count
            return value
        }

        func unexpected() -> Fault {
            let scalar = Unicode.Scalar(at < bytes.count ? bytes[at] : 0x20)
            return fault(
                scalar.isASCII && scalar.value > 0x20 ? "'\(scalar)' does not belong here" : "a value is missing")
        }

        mutating func value(depth: Int) throws(Fault) -> Node {
            guard depth <= ConfigurationText.maximumDepth else {
                throw fault("lists and objects stand too deep in each other")
            }
            skipSpace()
            let start = try (byte: peek(), line: line)
            let value: Value
            switch start.byte {
            case UInt8(ascii: "{"): value = try object(depth: depth)
            case UInt8(ascii: "["): value = try array(depth: depth)
            case UInt8(ascii: "\""): value = .string(try string())
            case UInt8(ascii: "t"): value = try word("true", .bool(true))
            case UInt8(ascii: "f"): value = try word("false", .bool(false))
            case UInt8(ascii: "n"): value = try word("null", .null)
            default: value = try number()
            }
            return Node(value: value, line: start.line)
        }

        mutating func object(depth: Int) throws(Fault) -> Value {
            at += 1
            var members: [Member] = []
            skipSpace()
            if try peek() == UInt8(ascii: "}") {
                at += 1
                return .object([])
            }
            while true {
                skipSpace()
                let start = line
                guard try peek() == UInt8(ascii: "\"") else { throw fault("a key in quotation marks is missing") }
                let name = try string()
                guard !members.contains(where: { $0.name == name }) else {
                    throw fault("'\(printable(name))' stands here twice")
                }
                skipSpace()
                try take(UInt8(ascii: ":"), after: "'\(printable(name))'")
                members.append(Member(name: name, line: start, node: try value(depth: depth + 1)))
                skipSpace()
                if try peek() == UInt8(ascii: "}") { break }
                try take(UInt8(ascii: ","), after: "the value of '\(printable(name))'")
            }
            at += 1
            return .object(members)
        }

        mutating func array(depth: Int) throws(Fault) -> Value {
            at += 1
            var values: [Node] = []
            skipSpace()
            if try peek() == UInt8(ascii: "]") {
                at += 1
                return .array([])
            }
            while true {
                values.append(try value(depth: depth + 1))
                skipSpace()
                if try peek() == UInt8(ascii: "]") { break }
                try take(UInt8(ascii: ","), after: "a list's value")
            }
            at += 1
            return .array(values)
        }

        mutating func string() throws(Fault) -> String {
            at += 1
            var out: [UInt8] = []
            while true {
                let byte = try peek()
                at += 1
                switch byte {
                case UInt8(ascii: "\""): return String(decoding: out, as: UTF8.self)
                case UInt8(ascii: "\\"): try escape(into: &out)
                case 0..<0x20: throw fault("a text does not end on its line")
                default: out.append(byte)
                }
            }
        }

        private mutating func escape(into out: inout [UInt8]) throws(Fault) {
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
                if code & 0xFC00 == 0xD800, at + 1 < bytes.count, bytes[at] == UInt8(ascii: "\\"),
                    bytes[at + 1] == UInt8(ascii: "u")
                {
                    at += 2
                    let low = try hexQuad()
                    guard low & 0xFC00 == 0xDC00 else { throw fault("half a character in a text") }
                    code = 0x10000 + (code & 0x3FF) << 10 + low & 0x3FF
                }
                guard let scalar = Unicode.Scalar(code) else { throw fault("half a character in a text") }
                out.append(contentsOf: String(Character(scalar)).utf8)
            default: throw fault("'\\\(Character(Unicode.Scalar(byte)))' means nothing in a text")
            }
        }

        private mutating func hexQuad() throws(Fault) -> UInt32 {
            var code: UInt32 = 0
            for _ in 0..<4 {
                guard let digit = Character(Unicode.Scalar(try peek())).hexDigitValue else {
                    throw fault("'\\u' wants four hex digits")
                }
                code = code << 4 | UInt32(digit)
                at += 1
            }
            return code
        }

        private mutating func number() throws(Fault) -> Value {
            let start = at
            if bytes[at] == UInt8(ascii: "-") { at += 1 }
            guard at < bytes.count, (48...57).contains(bytes[at]) else {
                at = start
                throw unexpected()
            }
            if bytes[at] == UInt8(ascii: "0") { at += 1 } else { digits() }
            if at < bytes.count, bytes[at] == UInt8(ascii: ".") {
                at += 1
                guard digits() else { throw fault("a number ends with a point") }
            }
            if at < bytes.count, bytes[at] | 0x20 == UInt8(ascii: "e") {
                at += 1
                if at < bytes.count, bytes[at] == UInt8(ascii: "+") || bytes[at] == UInt8(ascii: "-") { at += 1 }
                guard digits() else { throw fault("a number has no exponent") }
            }
            return .number(String(decoding: bytes[start..<at], as: UTF8.self))
        }

        @discardableResult
        private mutating func digits() -> Bool {
            let start = at
            while at < bytes.count, (48...57).contains(bytes[at]) { at += 1 }
            return at > start
        }

        private func printable(_ text: String) -> String { String(HumanReporter.printable(text).prefix(60)) }
    }
}
