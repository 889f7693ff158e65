import NightjarOpenCL

/// A kernel as its source declares it: enough of a preprocessor and a parser for signatures.
struct SourceKernel {
    let name: String
    let declarations: [KernelSignature.Declaration]

    /// What this reader cannot make sense of.
    struct Unreadable: Error {
        let text: String
    }

    /// All of a source's kernels, in its order.
    ///
    /// Conditions count inside signatures only: a kernel that is written twice, for two flavours, is found twice.
    ///
    /// - Parameters:
    ///   - source: with its includes resolved.
    ///   - definitions: the value of each condition that a signature has.
    static func all(in source: String, _ definitions: [String: Bool]) throws -> [SourceKernel] {
        let lines = source.split(separator: "\n", omittingEmptySubsequences: false).map(withoutComment)
        let macros = macros(lines)
        return try lines.joined(separator: "\n").split(
            separator: "__kernel ", omittingEmptySubsequences: false
        ).dropFirst().map { text in
            guard let body = text.firstIndex(of: "{"), let end = text[..<body].lastIndex(of: ")"),
                let start = text[..<body].firstRange(of: "void "),
                let open = text[start.upperBound...].firstIndex(of: "(")
            else { throw Unreadable(text: String(text.prefix(200))) }
            let parameters = expand(try conditional(text[text.index(after: open)..<end], definitions), macros)
            return SourceKernel(
                name: String(text[start.upperBound..<open]), declarations: try declarations(parameters))
        }
    }

    private static func withoutComment(_ line: Substring) -> Substring {
        line.firstRange(of: "//").map { line[..<$0.lowerBound] } ?? line
    }

    /// Macros without arguments, by name.
    private static func macros(_ lines: [Substring]) -> [String: String] {
        var macros: [String: String] = [:]
        var rest = lines[...]
        while var line = rest.popFirst().map(String.init) {
            while line.hasSuffix("\\"), let next = rest.popFirst() { line = line.dropLast() + " " + next }
            let words = line.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: true)
            if words.count == 3, words[0] == "#define", !words[1].contains("(") {
                macros[String(words[1])] = String(words[2])
            }
        }
        return macros
    }

    /// The text without the lines whose condition does not hold.
    private static func conditional(_ text: Substring, _ definitions: [String: Bool]) throws -> String {
        var kept: [Substring] = []
        var holds = true
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ")
            switch words.first {
            case "#if":
                guard words.count == 2, let value = definitions[String(words[1])] else {
                    throw Unreadable(text: String(line))
                }
                holds = value
            case "#endif": holds = true
            default: if holds { kept.append(line) }
            }
        }
        return kept.joined(separator: " ")
    }

    private static func expand(_ text: String, _ macros: [String: String]) -> String {
        text.split(separator: ",").map { part in
            let word = part.split(separator: " ").joined(separator: " ")
            return macros[word] ?? word
        }.joined(separator: ",")
    }

    private static func declarations(_ text: String) throws -> [KernelSignature.Declaration] {
        try text == "void"
            ? []
            : text.split(separator: ",").map { part in
                // The star goes with the type, wherever it stands.
                let words = part.split { " *".contains($0) }
                let star = part.contains("*") ? " *" : ""
                let spelling = words.dropLast().joined(separator: " ") + star
                guard let name = words.last, let type = KernelParameterType(spelling: spelling) else {
                    throw Unreadable(text: String(part))
                }
                return .init(name: String(name), type: type)
            }
    }
}
