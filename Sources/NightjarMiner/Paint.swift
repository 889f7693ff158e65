/// The colours of a terminal. Callers leave them out where there are none.
package enum Paint {
    /// A line in the colour of its meaning.
    package static func line(_ text: String, _ tone: HumanReporter.Tone) -> String {
        switch tone {
        case .plain, .status: text
        case .goodWord: word(text, .good)
        case .warningWord: word(text, .warning)
        case .badWord: word(text, .bad)
        case .quiet, .detail: code("2", text)
        case .good: code("32", text)
        case .warning: code("33", text)
        case .bad: code("31", text)
        }
    }

    /// A line behind the time of day.
    package static func event(
        _ text: String, _ tone: HumanReporter.Tone, at time: String, colours: Bool
    ) -> String {
        colours ? "\(line(time, .quiet))  \(line(text, tone))" : "\(time)  \(text)"
    }

    /// The status line.
    package static func status(_ parts: [StatusLine.Part]) -> String {
        parts.map { part in
            switch part.style {
            case .plain: part.text
            case .strong: code("1", part.text)
            case .bad: code("31", part.text)
            }
        }.joined()
    }

    /// Colours the first word alone.
    private static func word(_ text: String, _ tone: HumanReporter.Tone) -> String {
        let word = text.prefix { $0 != " " }
        return line(String(word), tone) + text[word.endIndex...]
    }

    private static func code(_ number: String, _ text: String) -> String { "\u{1B}[\(number)m\(text)\u{1B}[0m" }
}

extension HumanReporter.Tone {
    /// Whether a terminal shows no line for it: the status line shows the fact already, or a key shows it.
    package func isLeftOut(hasStatus: Bool, hasKeys: Bool) -> Bool {
        self == .status && hasStatus || self == .detail && hasKeys
    }
}
