/// Makes bad messages of good ones, the same for the same seed.
package struct Mutator: Sendable {
    private var generator: SeededGenerator
    private let corpus: [[UInt8]]

    package init(_ corpus: [String], seed: UInt64) { self.init(corpus.map { Array($0.utf8) }, seed: seed) }

    package init(_ corpus: [[UInt8]], seed: UInt64) {
        self.corpus = corpus
        generator = SeededGenerator(seed: seed)
    }

    package mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &generator) }

    /// A message with none to six changes.
    package mutating func next() -> [UInt8] {
        var bytes = pick()
        for _ in 0..<number(0...6) { change(&bytes) }
        return bytes
    }

    private static let fragments: [[UInt8]] =
        [
            "null", "true", "{}", "[]", "\"\"", "0", "-1", "1e999", "18446744073709551615", "18446744073709551616",
            "0.5",
            "1099511627776", "\"\\u0000\"", "\"\\ud800\"", "\"\\ud83d\\ude00\"", "\\", "\"", "}", "{", "[", "]", ",",
            ":",
            "\n", "\r\n", "\r", "\u{202E}", "\u{1B}[2J", "00000000", "ffffffff", "id", "job", "method", "params",
            "result",
            "error", "{\"a\":", "[[[[[[[[[[[[[[[[[[", "\"algo\":\"rx/2\"", "\"algo\":\"cn/r\"", "\"target\":\"00\"",
        ].map { Array($0.utf8) }
        + [[0x00], [0x80], [0xFF], [0xC0, 0xAF], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80]]

    private mutating func pick() -> [UInt8] { corpus.isEmpty ? [] : corpus[number(0...corpus.count - 1)] }

    private mutating func change(_ bytes: inout [UInt8]) {
        let at = number(0...bytes.count)
        let end = min(bytes.count, at + number(1...16))
        switch number(0...9) {
        case 0 where at < bytes.count: bytes[at] ^= 1 << UInt8(number(0...7))
        case 1 where at < bytes.count: bytes[at] = UInt8(number(0...255))
        case 2: bytes.removeSubrange(at..<end)
        case 3: bytes.insert(contentsOf: bytes[at..<end], at: at)
        case 4: bytes.insert(contentsOf: Self.fragments[number(0...Self.fragments.count - 1)], at: at)
        case 5: bytes.replaceSubrange(at..<end, with: Self.fragments[number(0...Self.fragments.count - 1)])
        case 6:
            // The beginning of this and the end of another.
            let other = pick()
            bytes = bytes.prefix(at) + other.suffix(number(0...other.count))
        case 7:
            // Another value for a number or a string of digits.
            guard let digit = bytes.indices.first(where: { $0 >= at && (48...57).contains(bytes[$0]) }) else { return }
            bytes[digit] = UInt8(48 + number(0...9))
        case 8 where number(0...199) == 0:
            bytes.insert(contentsOf: [UInt8](repeating: UInt8(number(0...255)), count: number(1...40_000)), at: at)
        default: bytes.removeSubrange(at..<bytes.count)
        }
    }
}
