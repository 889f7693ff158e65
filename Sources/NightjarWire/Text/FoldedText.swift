import NightjarPlatform
// `_nfd` is the standard library's canonical decomposition. The public one is Foundation's, which is not linked here.
@_spi(_Unicode) import Swift

/// A text as it is compared with secrets: decomposed, in lower case, without marks and without characters that do not
/// show. Each value knows which scalars of the text it stands for.
struct FoldedText: Sendable {
    private(set) var values: [UInt32] = []
    /// The first scalar of each value, and the one behind its last: indices of the text.
    private(set) var starts: [Int] = []
    private(set) var ends: [Int] = []

    /// Escapes may be escaped again: by the pool, and by a JSON text that is quoted.
    private static let mostUndone = 2

    /// The text as it stands; where it has escapes, also with these undone, once and again.
    static func readings(of scalars: ArraySlice<Unicode.Scalar>) -> [FoldedText] {
        var last = [EscapedText(scalars)]
        var readings = last.map { FoldedText($0) }
        for _ in 0..<mostUndone {
            last = last.flatMap { $0.undone() }
            readings += last.map { FoldedText($0) }
        }
        return readings
    }

    private init(_ text: EscapedText) {
        values.reserveCapacity(text.scalars.count)
        for (index, scalar) in text.scalars.enumerated() {
            Self.fold(scalar) { value in
                values.append(value)
                starts.append(text.starts[index])
                ends.append(text.ends[index])
            }
        }
    }

    static func fold(_ text: String) -> [UInt32] {
        var values: [UInt32] = []
        for scalar in text.unicodeScalars { fold(scalar) { values.append($0) } }
        return values
    }

    private static func fold(_ scalar: Unicode.Scalar, _ take: (UInt32) -> Void) {
        if scalar.isASCII {
            switch scalar.value {
            case 0x41...0x5A: take(scalar.value | 0x20)
            case 0x20..<0x7F: take(scalar.value)
            default: break
            }
            return
        }
        // A space that does not end a line, for example.
        if scalar.properties.generalCategory == .spaceSeparator { return take(0x20) }
        for part in String(scalar)._nfd {
            // To upper case and back: ß is SS there, the dotless i an I, and both small sigmas one. First to lower case,
            // because the great ß stays as it is.
            let great = part.properties.lowercaseMapping.unicodeScalars.flatMap {
                $0.properties.uppercaseMapping.unicodeScalars
            }
            for small in great.flatMap({ $0.properties.lowercaseMapping.unicodeScalars }) where small.value != 0xFFFD {
                // A lower-case letter may have marks of its own.
                if small.isPrintable, !small.isCombiningMark { take(small.value) }
            }
        }
    }

    /// Whether the value is part of a word.
    func isWordPart(_ index: Int) -> Bool {
        guard let scalar = Unicode.Scalar(values[index]) else { return false }
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber,
            .letterNumber, .otherNumber:
            return true
        default: return false
        }
    }
}
