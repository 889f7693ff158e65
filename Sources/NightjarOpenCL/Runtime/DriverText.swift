import NightjarPlatform

/// The text of a string that a driver gave: up to the zero byte, without the blanks that some drivers put around it,
/// printable, and cut. A driver is code that we do not know, and its texts go to a terminal, into logs and into the API.
package func driverText(_ bytes: [UInt8]) -> String {
    let text = bytes.prefix { $0 != 0 }
    let begin = text.firstIndex { $0 > 32 } ?? text.endIndex
    let end = text.lastIndex { $0 > 32 }.map { $0 + 1 } ?? begin
    return printable(String(decoding: text[begin..<end], as: UTF8.self), limit: 256)
}

/// A compiler's log: the same, line by line.
package func driverLog(_ bytes: [UInt8]) -> String {
    let text = String(decoding: bytes.prefix { $0 != 0 }.prefix(1 << 18), as: UTF8.self)
    let lines = text.replacing("\t", with: " ").split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    return lines.map { printable($0, limit: 1000) }.joined(separator: "\n")
}
