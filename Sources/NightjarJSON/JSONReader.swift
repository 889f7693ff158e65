extension JSON: JSONTree {
    package static func node(_ element: JSONElement<JSON>, line: Int) -> JSON {
        switch element {
        case .null: .null
        case .bool(let value): .bool(value)
        case .number(let literal): .number(literal)
        case .string(let text): .string(text)
        case .array(let values): .array(values)
        case .object(let members): .object(members.map { Field($0.name, $0.node) })
        }
    }

    /// Reads one value with only white space around it. When several members have the same name, the last one counts.
    package init(parsing bytes: some Collection<UInt8>) throws(JSONError) {
        self = try JSONReader<JSON>.read(bytes)
    }
}

/// What JSON text may hold.
package enum JSONStyle: Sendable, Hashable {
    /// JSON as RFC 8259 defines it. Of several members with the same name the last one counts: for a pool that sends
    /// them, a lost connection would be too much.
    case strict
    /// The same, but a name that stands twice in one object is an error.
    case unambiguous
    /// A file that a person wrote: a byte order mark at the start, comments (`//` to the end of the line, `/* */`), and a
    /// comma behind the last member or element. A name that stands twice in one object is an error.
    case written
}

/// A recursive-descent reader of JSON text, for the wire and for files.
///
/// It is Nightjar's own, because data from outside needs a limit on nesting, numbers must keep all their digits, and
/// errors in files must name the line.
package struct JSONReader<Tree: JSONTree> {
    /// How deep arrays and objects may be nested. It limits the recursion.
    package static var maximumDepth: Int { 16 }

    /// The most combining marks in a row in a string: as in Unicode's stream-safe text format (UAX #15). Strings are
    /// compared in a normal form, for which marks are sorted; the time for that grows with the square of their number.
    private static var mostMarks: Int { 30 }

    private let bytes: [UInt8]
    private let style: JSONStyle
    private var at = 0
    private var line = 1

    /// Reads one value with nothing but white space around it.
    ///
    /// - Parameter style: what is allowed.
    package static func read(_ bytes: some Collection<UInt8>, _ style: JSONStyle = .strict) throws(JSONError) -> Tree {
        var reader = JSONReader(bytes: Array(bytes), style: style)
        guard String(validating: reader.bytes, as: UTF8.self) != nil else { throw reader.error(.notUTF8) }
        if style == .written, reader.bytes.starts(with: [0xEF, 0xBB, 0xBF]) { reader.at = 3 }
        let tree = try reader.value(depth: 0)
        try reader.skipSpace()
        guard reader.at == reader.bytes.count else { throw reader.error(.trailing) }
        return tree
    }

    private init(bytes: [UInt8], style: JSONStyle) {
        self.bytes = bytes
        self.style = style
    }

    private func error(_ problem: JSONError.Problem, at offset: Int? = nil) -> JSONError {
        JSONError(problem: problem, offset: offset ?? at, line: line)
    }

    private mutating func skipSpace() throws(JSONError) {
        while at < bytes.count {
            switch bytes[at] {
            case 0x0A: line += 1
            case 0x20, 0x09, 0x0D: break
            case UInt8(ascii: "/") where style == .written:
                guard try skipComment() else { return }
                continue
            default: return
            }
            at += 1
        }
    }

    /// - Returns: whether there was a comment here.
    private mutating func skipComment() throws(JSONError) -> Bool {
        switch at + 1 < bytes.count ? bytes[at + 1] : 0 {
        case UInt8(ascii: "/"):
            while at < bytes.count, bytes[at] != 0x0A { at += 1 }
        case UInt8(ascii: "*"):
            let start = error(.openComment)
            at += 2
            while !bytes[at...].starts(with: [UInt8(ascii: "*"), UInt8(ascii: "/")]) {
                guard at < bytes.count else { throw start }
                if bytes[at] == 0x0A { line += 1 }
                at += 1
            }
            at += 2
        default: return false
        }
        return true
    }

    private func peek() throws(JSONError) -> UInt8 {
        guard at < bytes.count else { throw error(.endsTooEarly) }
        return bytes[at]
    }

    private mutating func take(_ byte: UInt8, after place: JSONError.Place) throws(JSONError) {
        guard try peek() == byte else {
            throw error(.missing(mark: Character(Unicode.Scalar(byte)), after: place))
        }
        at += 1
    }

    private func noValue() -> JSONError { error(.noValue(character)) }

    /// The next character; `nil` for a control character, and at the end.
    private var character: Character? {
        // The bytes are UTF-8.
        let scalar = String(decoding: bytes[at..<min(at + 4, bytes.count)], as: UTF8.self).unicodeScalars.first
        return scalar.flatMap { $0.value > 0x20 && $0.value != 0x7F ? Character($0) : nil }
    }

    private mutating func word(
        _ word: StaticString, _ element: JSONElement<Tree>
    ) throws(JSONError) -> JSONElement<Tree> {
        for i in 0..<word.utf8CodeUnitCount {
            guard at + i < bytes.count, bytes[at + i] == word.utf8Start[i] else { throw noValue() }
        }
        at += word.utf8CodeUnitCount
        return element
    }

    private mutating func value(depth: Int) throws(JSONError) -> Tree {
        try skipSpace()
        let start = line
        let element: JSONElement<Tree>
        switch try peek() {
        case UInt8(ascii: "{"): element = try object(depth: depth + 1)
        case UInt8(ascii: "["): element = try array(depth: depth + 1)
        case UInt8(ascii: "\""): element = .string(try string())
        case UInt8(ascii: "t"): element = try word("true", .bool(true))
        case UInt8(ascii: "f"): element = try word("false", .bool(false))
        case UInt8(ascii: "n"): element = try word("null", .null)
        default: element = .number(try number())
        }
        return Tree.node(element, line: start)
    }

    /// Enters an object or an array.
    ///
    /// - Returns: whether it is empty and thus already ended.
    private mutating func enter(depth: Int, closing: UInt8) throws(JSONError) -> Bool {
        guard depth <= Self.maximumDepth else { throw error(.tooDeep(limit: Self.maximumDepth)) }
        at += 1
        try skipSpace()
        guard try peek() == closing else { return false }
        at += 1
        return true
    }

    private mutating func object(depth: Int) throws(JSONError) -> JSONElement<Tree> {
        var members: [JSONMember<Tree>] = []
        var names: Set<String> = []
        if try enter(depth: depth, closing: UInt8(ascii: "}")) { return .object([]) }
        while true {
            try skipSpace()
            if style == .written, !members.isEmpty, try peek() == UInt8(ascii: "}") { break }
            let start = line
            guard try peek() == UInt8(ascii: "\"") else { throw error(.nameWithoutQuotes(character)) }
            let name = try string()
            guard style == .strict || names.insert(name).inserted else { throw error(.twice(name)) }
            try skipSpace()
            try take(UInt8(ascii: ":"), after: .name(name))
            members.append(JSONMember(name: name, line: start, node: try value(depth: depth)))
            try skipSpace()
            if try peek() == UInt8(ascii: "}") { break }
            try take(UInt8(ascii: ","), after: .member(name))
        }
        at += 1
        return .object(members)
    }

    private mutating func array(depth: Int) throws(JSONError) -> JSONElement<Tree> {
        var values: [Tree] = []
        if try enter(depth: depth, closing: UInt8(ascii: "]")) { return .array([]) }
        while true {
            try skipSpace()
            if style == .written, !values.isEmpty, try peek() == UInt8(ascii: "]") { break }
            values.append(try value(depth: depth))
            try skipSpace()
            if try peek() == UInt8(ascii: "]") { break }
            try take(UInt8(ascii: ","), after: .element)
        }
        at += 1
        return .array(values)
    }

    private mutating func string() throws(JSONError) -> String {
        at += 1
        var out: [UInt8] = []
        while true {
            let byte = try peek()
            switch byte {
            case UInt8(ascii: "\""):
                let text = String(decoding: out, as: UTF8.self)
                guard !Self.hasTooManyMarks(text) else { throw error(.tooManyMarks(limit: Self.mostMarks)) }
                at += 1
                return text
            case UInt8(ascii: "\\"):
                at += 1
                try escape(into: &out)
            case 0..<0x20: throw error(.controlCharacter)
            default:
                out.append(byte)
                at += 1
            }
        }
    }

    private static func hasTooManyMarks(_ text: String) -> Bool {
        var marks = 0
        for scalar in text.unicodeScalars {
            let isMark = !scalar.isASCII && scalar.properties.canonicalCombiningClass != .notReordered
            marks = isMark ? marks + 1 : 0
            if marks > mostMarks { return true }
        }
        return false
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
            // This is the first half of a surrogate pair, so the second must follow.
            if code & 0xFC00 == 0xD800, bytes[at...].starts(with: [UInt8(ascii: "\\"), UInt8(ascii: "u")]) {
                at += 2
                let low = try hexQuad()
                guard low & 0xFC00 == 0xDC00 else { throw error(.halfCharacter, at: start) }
                code = 0x10000 + (code & 0x3FF) << 10 + low & 0x3FF
            }
            guard let scalar = Unicode.Scalar(code) else { throw error(.halfCharacter, at: start) }
            out.append(contentsOf: String(Character(scalar)).utf8)
        default: throw error(.badEscape(Character(Unicode.Scalar(byte))), at: start)
        }
    }

    private mutating func hexQuad() throws(JSONError) -> UInt32 {
        var code: UInt32 = 0
        for _ in 0..<4 {
            guard let digit = Character(Unicode.Scalar(try peek())).hexDigitValue else { throw error(.badHex) }
            code = code << 4 | UInt32(digit)
            at += 1
        }
        return code
    }

    private mutating func number() throws(JSONError) -> String {
        let start = at
        if try peek() == UInt8(ascii: "-") { at += 1 }
        guard at < bytes.count, (48...57).contains(bytes[at]) else {
            at = start
            throw noValue()
        }
        if bytes[at] == UInt8(ascii: "0") { at += 1 } else { skipDigits() }
        if at < bytes.count, bytes[at] == UInt8(ascii: ".") {
            at += 1
            guard skipDigits() else { throw error(.noDigitsAfterPoint) }
        }
        if at < bytes.count, bytes[at] | 0x20 == UInt8(ascii: "e") {
            at += 1
            if at < bytes.count, bytes[at] == UInt8(ascii: "+") || bytes[at] == UInt8(ascii: "-") { at += 1 }
            guard skipDigits() else { throw error(.noExponent) }
        }
        return String(decoding: bytes[start..<at], as: UTF8.self)
    }

    /// - Returns: whether there was at least one digit.
    @discardableResult
    private mutating func skipDigits() -> Bool {
        let start = at
        while at < bytes.count, (48...57).contains(bytes[at]) { at += 1 }
        return at > start
    }
}
