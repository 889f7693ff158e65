import Glibc
import NightjarCore
import NightjarMiner
import NightjarPlatform

/// One line of `nightjar hash`: an input in hex, and perhaps a height after a space.
struct HashLine: Equatable {
    let input: [UInt8]
    let height: UInt64?

    /// An empty line is the empty input, which most algorithms accept. Blanks at the end of a line are ignored.
    init(_ line: [UInt8]) throws(LineError) {
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
        // Accept only digits, because the number parser would also take a sign. Accept at most 20 of them: an input
        // that follows a blank by mistake must not count as the height of an empty input.
        guard rest.count <= 20, rest.allSatisfy({ (48...57).contains($0) }),
            let number = UInt64(String(decoding: rest, as: UTF8.self))
        else {
            let isHex =
                rest.allSatisfy { Self.isHexDigit($0) || blanks.contains($0) }
                && rest.contains { !(48...57).contains($0) }
            throw LineError(
                reason: isHex
                    ? "hex with spaces; an input is written without them, and what follows a space is a height"
                    : "bad height; it is a number below 2^64 after the input")
        }
        height = number
    }

    private static func bytes(_ digits: ArraySlice<UInt8>) throws(LineError) -> [UInt8] {
        if let bad = digits.firstIndex(where: { !isHexDigit($0) }) {
            throw LineError(reason: "bad hex: character \(bad - digits.startIndex + 1) is not a hex digit")
        }
        guard let bytes = Hex.decode(String(decoding: digits, as: UTF8.self)) else {
            throw LineError(reason: "bad hex: \(digits.count) digits, but two make a byte")
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
