/// The text of a string that a driver gave: up to the zero byte, without the blanks that some drivers put around it.
func driverText(_ bytes: [UInt8]) -> String {
    let text = bytes.prefix { $0 != 0 }
    let begin = text.firstIndex { $0 > 32 } ?? text.endIndex
    let end = text.lastIndex { $0 > 32 }.map { $0 + 1 } ?? begin
    return String(decoding: text[begin..<end], as: UTF8.self)
}
