import Foundation
import NightjarCore
import NightjarJSON

/// The ways in which a hostile peer repeats a password, and the search for what is left of it.
enum DoorVariants {
    /// It begins so that a part of it is found in nothing else, and has what escapes are made for.
    static let password = "Qz7vKp-9&Xw\"3\u{E9}/%Yt\\Lm"

    /// A text, and a JSON text that reads the same.
    struct Variant: Sendable {
        let text: String
        let json: String

        init(_ text: String, json: String? = nil) {
            self.text = text
            self.json = json ?? JSON.string(text).text
        }
    }

    /// Each form that is covered.
    static let forms: [Variant] = {
        let letters = Array(password.unicodeScalars)
        func between(_ mark: String) -> String { letters.map { "\($0)" }.joined(separator: mark) }
        func percent(_ text: String) -> String { text.utf8.map { "%" + Hex.encode([$0]) }.joined() }
        func units(_ text: String) -> String {
            text.utf16.map { "\\u" + Hex.encode([UInt8($0 >> 8), UInt8($0 & 255)]) }.joined()
        }
        let inner = JSON.string(password).text.dropFirst().dropLast()
        var forms = [
            Variant(password), Variant(password, json: "\"\(units(password))\""), Variant(password + password),
            Variant("for \(password)\u{301}\u{302}\u{303}!"), Variant("\u{301}\(password)"),
            Variant(password.uppercased()), Variant(password.lowercased()),
            Variant(password.decomposedStringWithCanonicalMapping),
            Variant(between("\u{301}")), Variant(between("\u{200B}")), Variant(between("\u{202E}")),
            Variant(between("\u{FEFF}")), Variant(between("\u{AD}")), Variant(between("\u{0}")),
            Variant(between("\u{FFFD}")), Variant(between("\u{2066}\u{301}\u{1B}")), Variant(between("\u{E000}")),
            Variant(percent(password)), Variant(percent(password).uppercased()),
            Variant(String(password.flatMap { "-&\"/%\\\u{E9}".contains($0) ? percent(String($0)) : String($0) })),
            Variant(percent(percent(password))),
            Variant(units(password)), Variant(String(inner)),
            Variant(password.unicodeScalars.map { "&#\($0.value);" }.joined()),
            Variant(
                password.replacingOccurrences(of: "&", with: "&amp;").replacingOccurrences(of: "\"", with: "&quot;")),
            Variant(Hex.encode(Array(password.utf8))), Variant(Hex.encode(Array(password.utf8)).uppercased()),
            Variant("0x" + Hex.encode(Array("user:\(password)".utf8))),
        ]
        for before in ["", "u:", "us:", "user:", "rpcuser:"] {
            let coded = Data("\(before)\(password)".utf8).base64EncodedString()
            forms += [
                Variant(coded), Variant("Basic \(coded)"),
                Variant(coded.replacingOccurrences(of: "+", with: "-").replacingOccurrences(of: "/", with: "_")),
            ]
        }
        return forms
    }()

    /// The password behind so many letters that a cut at `limit` bytes falls on each of its bytes.
    static func cut(at limit: Int) -> [Variant] {
        let size = password.utf8.count
        return (max(0, limit - size - 2)...limit + 2).map { Variant(String(repeating: "~", count: $0) + password) }
    }

    // MARK: The search

    /// What is left of text: its ASCII letters and digits, in lower case.
    static func fold(_ text: some StringProtocol) -> String {
        String(
            decoding: text.decomposedStringWithCanonicalMapping.lowercased().utf8.filter {
                (48...57).contains($0) || (97...122).contains($0)
            }, as: UTF8.self)
    }

    /// What no sink may have, folded. Each is the beginning of the password, in one form or another; a longer part begins
    /// with it.
    static let forbidden: [String] = {
        let start = String(password.prefix(6))
        var all = [
            fold(start), Hex.encode(Array(start.utf8)), start.utf16.map { "u00" + Hex.encode([UInt8($0)]) }.joined(),
        ]
        all.append(start.unicodeScalars.map { String($0.value) }.joined())
        for shift in 0..<3 {
            // The digits that hold bits of the password alone.
            let coded = Data("\(String(repeating: "a", count: shift))\(start)".utf8).base64EncodedString()
            let digits = (shift * 8 + 5) / 6..<(shift + 6) * 8 / 6
            all.append(fold(String(Array(coded)[digits])))
        }
        return all
    }()

    /// What a sink has of the password, with what stands around it, also in the strings of a JSON text; `nil` when it
    /// has nothing.
    static func find(in text: String) -> String? {
        let json = text.hasPrefix("{") || text.hasPrefix("[") ? try? JSON(parsing: text.utf8) : nil
        // The strings together: characters that are escaped do not part letters any more.
        for text in [text, json.map { strings($0).joined(separator: "~") } ?? ""] {
            let folded = fold(text)
            for word in forbidden {
                guard let range = folded.range(of: word) else { continue }
                return "\(word) in …\(folded[range.lowerBound...].prefix(120))"
            }
        }
        return nil
    }

    private static func strings(_ json: JSON) -> [String] {
        switch json {
        case .string(let text): [text]
        case .array(let values): values.flatMap { strings($0) }
        case .object(let object): object.fields.flatMap { [$0.name] + strings($0.value) }
        case .null, .bool, .number: []
        }
    }
}
