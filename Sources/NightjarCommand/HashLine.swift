import Glibc
import NightjarCore
import NightjarMiner
import NightjarPlatform

/// One line of `nightjar hash`: an input in hex, and perhaps a height after a space.
struct HashLine: Equatable {
    let input: [UInt8]
    let height: UInt64?

    /// What is wrong with a line, in words that follow `line N: `.
    struct Fault: Error, Equatable { let reason: String }

    /// An empty line is the empty input, which most algorithms are defined for. Blanks at the line's end mean nothing.
    init(_ line: [UInt8]) throws(Fault) {
        let blanks: Set<UInt8> = [UInt8(ascii: " "), UInt8(ascii: "\t")]
        var line = line[...]
        while let last = line.last, blanks.contains(last) { line.removeLast() }
        let hex = line.prefix { !blanks.contains($0) }
        input = try Self.bytes(hex)
        let rest = line.dropFirst(hex.count).drop { blanks.contains($0) }
        guard !rest.isEmpty else {
            height = nil
            return
        }
        // Digits only: the number parser itself would take a sign too. And no more of them than a height has: an input
        // that stands behind a blank by mistake is not to pass for the height of an empty one.
        guard rest.count <= 20, rest.allSatisfy({ (48...57).contains($0) }),
            let number = UInt64(String(decoding: rest, as: UTF8.self))
        else {
            throw Fault(reason: "bad height; it is a number below 2^64 after the input")
        }
        height = number
    }

    private static func bytes(_ digits: ArraySlice<UInt8>) throws(Fault) -> [UInt8] {
        if let bad = digits.firstIndex(where: { !isHexDigit($0) }) {
            throw Fault(reason: "bad hex: character \(bad - digits.startIndex + 1) is no hex digit")
        }
        guard let bytes = Hex.decode(String(decoding: digits, as: UTF8.self)) else {
            throw Fault(reason: "bad hex: \(digits.count) digits, but two make a byte")
        }
        return bytes
    }

    private static func isHexDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case 48...57, 65...70, 97...102: true
        default: false
        }
    }
}
