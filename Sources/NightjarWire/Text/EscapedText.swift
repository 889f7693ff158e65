/// A text whose escapes can be undone: `%51`, `%u0051`, `+` for a space, `\u0051`, `\x51`, `\121`, `\"`, `&#81;`,
/// `&amp;`. Each scalar knows which scalars of the first text it stands for.
struct EscapedText {
    /// The character with which an escape begins: of URLs, of strings in code and JSON, of HTML.
    private static let marks: [Unicode.Scalar] = ["%", "\\", "&"]

    private(set) var scalars: [Unicode.Scalar]
    private(set) var starts: [Int]
    private(set) var ends: [Int]

    init(_ text: ArraySlice<Unicode.Scalar>) {
        scalars = Array(text)
        starts = Array(text.indices)
        ends = text.indices.map { $0 + 1 }
    }

    private init() { (scalars, starts, ends) = ([], [], []) }

    /// The text with its escapes undone once: those of each kind alone, because a secret may have the others' marks
    /// itself, and all together; and as a form's fields are written, where a space is a plus sign.
    func undone() -> [EscapedText] {
        let kinds = Self.marks.filter { scalars.contains($0) }
        var all = kinds.map { [$0] }
        if kinds.count > 1 { all.append(kinds) }
        if scalars.contains("+") { all.append(["%", "+"]) }
        return all.compactMap { undone($0) }
    }

    private func undone(_ kinds: [Unicode.Scalar]) -> EscapedText? {
        var out = EscapedText()
        var isChanged = false
        var at = 0
        while at < scalars.count {
            let escape: (scalars: [Unicode.Scalar], count: Int)? =
                switch scalars[at] {
                case let mark where !kinds.contains(mark): nil
                case "%": percent(at)
                case "+": ([" "], 1)
                case "\\": backslash(at)
                default: entity(at)
                }
            if escape != nil { isChanged = true }
            let (plain, count) = escape ?? ([scalars[at]], 1)
            for scalar in plain {
                out.scalars.append(scalar)
                out.starts.append(starts[at])
                out.ends.append(ends[at + count - 1])
            }
            at += count
        }
        return isChanged ? out : nil
    }

    private func percent(_ start: Int) -> ([Unicode.Scalar], Int)? {
        if start + 1 < scalars.count, scalars[start + 1] == "u", let code = hex(start + 2, 4) {
            return (scalar(code), 6)
        }
        return bytes(start) { at in scalars[at] == "%" ? hex(at + 1, 2).map { ($0, 3) } : nil }
    }

    /// All escaped bytes in a row, because a character may need several. One that is no UTF-8 is a character.
    ///
    /// - Parameter byte: the byte whose escape begins there, and the length of the escape.
    private func bytes(_ start: Int, _ byte: (Int) -> (UInt32, Int)?) -> ([Unicode.Scalar], Int)? {
        var bytes: [UInt8] = []
        var at = start
        while at < scalars.count, let (code, count) = byte(at), let one = UInt8(exactly: code) {
            bytes.append(one)
            at += count
        }
        guard !bytes.isEmpty else { return nil }
        var plain: [Unicode.Scalar] = []
        var rest = bytes[...]
        while let first = rest.first {
            let count = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC0 ? 2 : 1
            if let text = String(validating: rest.prefix(count), as: UTF8.self) {
                plain += text.unicodeScalars
                rest = rest.dropFirst(count)
            } else {
                plain.append(Unicode.Scalar(first))
                rest = rest.dropFirst()
            }
        }
        return (plain, at - start)
    }

    private func backslash(_ start: Int) -> ([Unicode.Scalar], Int)? {
        guard start + 1 < scalars.count else { return nil }
        switch scalars[start + 1] {
        case "u":
            guard let code = hex(start + 2, 4) else { return braced(start) }
            if code & 0xFC00 == 0xD800, start + 7 < scalars.count, scalars[start + 6] == "\\",
                scalars[start + 7] == "u",
                let low = hex(start + 8, 4), low & 0xFC00 == 0xDC00
            {
                return (scalar(0x10000 + (code & 0x3FF) << 10 + low & 0x3FF), 12)
            }
            return (scalar(code), 6)
        case "x":
            return bytes(start) { at in
                at + 1 < scalars.count && scalars[at] == "\\" && scalars[at + 1] == "x"
                    ? hex(at + 2, 2).map { ($0, 4) } : nil
            }
        case "U": return hex(start + 2, 8).map { (scalar($0), 10) }
        case "0"..."7":
            return bytes(start) { at in
                guard scalars[at] == "\\" else { return nil }
                let digits = scalars[(at + 1)...].prefix(3).prefix { ("0"..."7").contains($0) }
                return digits.isEmpty ? nil : (digits.reduce(0) { $0 << 3 | ($1.value - 0x30) }, digits.count + 1)
            }
        // The letters stand for control characters, which do not count.
        case "n", "r", "t", "b", "f": return ([], 2)
        case let other: return ([other], 2)
        }
    }

    /// `\u{51}`.
    private func braced(_ start: Int) -> ([Unicode.Scalar], Int)? {
        guard start + 2 < scalars.count, scalars[start + 2] == "{" else { return nil }
        for count in 1...6 where start + 3 + count < scalars.count && scalars[start + 3 + count] == "}" {
            return hex(start + 3, count).map { (scalar($0), count + 4) }
        }
        return nil
    }

    private static let entities: [String: Unicode.Scalar] = [
        "amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'", "shy": "\u{AD}", "zwj": "\u{200D}",
        "zwnj": "\u{200C}", "nbsp": " ", "excl": "!", "num": "#", "dollar": "$", "percnt": "%", "lpar": "(",
        "rpar": ")", "ast": "*", "plus": "+", "comma": ",", "period": ".", "sol": "/", "colon": ":", "semi": ";",
        "equals": "=", "quest": "?", "commat": "@", "lsqb": "[", "bsol": "\\", "rsqb": "]", "Hat": "^", "lowbar": "_",
        "grave": "`", "lcub": "{", "vert": "|", "rcub": "}",
    ]
    /// Leading zeros may be any number of digits; more are not read.
    private static let mostDigits = 64

    /// Browsers read a number without the semicolon, too.
    private func entity(_ start: Int) -> ([Unicode.Scalar], Int)? {
        func letters(_ range: some Sequence<Unicode.Scalar>) -> String {
            var view = String.UnicodeScalarView()
            view.append(contentsOf: range)
            return String(view)
        }
        guard start + 1 < scalars.count, scalars[start + 1] == "#" else {
            guard let end = scalars[start...].prefix(8).firstIndex(of: ";") else { return nil }
            return Self.entities[letters(scalars[(start + 1)..<end])].map { ([$0], end - start + 1) }
        }
        var at = start + 2
        let isHex = at < scalars.count && (scalars[at] == "x" || scalars[at] == "X")
        if isHex { at += 1 }
        let digits = scalars[at...].prefix(Self.mostDigits).prefix {
            $0.isASCII && Character($0).isHexDigit && (isHex || $0.value <= 0x39)
        }
        guard let code = UInt32(letters(digits), radix: isHex ? 16 : 10) else { return nil }
        at += digits.count
        if at < scalars.count, scalars[at] == ";" { at += 1 }
        return (scalar(code), at - start)
    }

    private func scalar(_ code: UInt32) -> [Unicode.Scalar] { Unicode.Scalar(code).map { [$0] } ?? [] }

    private func hex(_ start: Int, _ count: Int) -> UInt32? {
        guard start + count <= scalars.count else { return nil }
        var value: UInt32 = 0
        for scalar in scalars[start..<start + count] {
            guard let digit = Character(scalar).hexDigitValue, scalar.isASCII else { return nil }
            value = value << 4 | UInt32(digit)
        }
        return value
    }
}
