import NightjarPlatform

/// Text for HTML and SVG.
package enum Markup {
    /// Text from outside, safe between tags and in attributes: hidden characters become visible, and nothing in it is
    /// markup.
    package static func text(_ text: some StringProtocol, limit: Int = 4096) -> String {
        escaped(printable(text, limit: limit))
    }

    /// Text between tags whose every character must be readable again, such as JSON. Quotes need nothing there.
    static func verbatim(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    private static func escaped(_ text: some StringProtocol) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// What ``verbatim(_:)`` was given.
    static func unescaped(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        let names: [(entity: [UInt8], byte: UInt8)] = [
            (Array("&lt;".utf8), UInt8(ascii: "<")), (Array("&gt;".utf8), UInt8(ascii: ">")),
            (Array("&amp;".utf8), UInt8(ascii: "&")),
        ]
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var place = bytes.startIndex
        while place < bytes.endIndex {
            if bytes[place] == UInt8(ascii: "&"),
                let name = names.first(where: { bytes[place...].starts(with: $0.entity) })
            {
                result.append(name.byte)
                place += name.entity.count
            } else {
                result.append(bytes[place])
                place += 1
            }
        }
        return result
    }
}
