/// Text that is safe on a terminal, in a log and on a page.
///
/// Control and format characters could move a cursor, forge a line or turn a line's direction. They become U+FFFD, and
/// so do line and paragraph separators, and code points without a character. The result is one line.
///
/// - Parameter limit: the most bytes of UTF-8. Longer text is cut between two scalars, and `…` follows. Characters
///   would be no measure, because one may have any number of combining marks.
package func printable(_ text: some StringProtocol, limit: Int = 4096) -> String {
    var writer = PrintableWriter(limit: limit)
    for scalar in text.unicodeScalars where !writer.append(scalar) { break }
    return writer.text
}

/// Writes ``printable(_:limit:)``'s result, one scalar after the other.
package struct PrintableWriter {
    package private(set) var text = ""
    private var room: Int
    private var isFull = false
    private var marks = 0

    /// Combining marks in a row. No language needs more; a pile of them reaches over other lines.
    private static let mostMarks = 4

    package init(limit: Int) { room = limit }

    /// - Returns: whether there is room for more.
    package mutating func append(_ scalar: Unicode.Scalar) -> Bool {
        if isFull { return false }
        if !scalar.isASCII, scalar.isCombiningMark {
            marks += 1
            if marks > Self.mostMarks { return true }
        } else {
            marks = 0
        }
        let shown: Unicode.Scalar = scalar.isPrintable ? scalar : "\u{FFFD}"
        let bytes = UTF8.width(shown)
        guard bytes <= room else {
            isFull = true
            text += "…"
            return false
        }
        room -= bytes
        text.unicodeScalars.append(shown)
        return true
    }

    /// Writes printable text that must not be cut in its middle: all of it, if there is room for any more.
    package mutating func append(whole words: String) {
        guard !isFull else { return }
        guard room > 0 else {
            isFull = true
            text += "…"
            return
        }
        marks = 0
        room -= words.utf8.count
        text += words
    }
}

extension Unicode.Scalar {
    /// Whether it may be shown as it is.
    package var isPrintable: Bool {
        if isASCII { return value >= 0x20 && value < 0x7F }
        switch properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned, .privateUse: return false
        default: break
        }
        // Those that are drawn as nothing: fillers, variation selectors, a blank Braille cell, a notehead without a note.
        return !properties.isDefaultIgnorableCodePoint && value != 0x2800 && value != 0x1D159
    }

    /// Whether it is drawn on the character before it.
    package var isCombiningMark: Bool {
        switch properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .spacingMark: true
        default: false
        }
    }
}
