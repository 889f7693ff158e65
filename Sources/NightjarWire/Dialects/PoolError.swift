import NightjarJSON

/// A pool's answer that is an error.
package struct PoolError: Sendable, Hashable {
    /// The pool's words, or its code where it sent no words.
    package let words: OutsideText
    /// What it means.
    package let meaning: Meaning

    /// - Parameter json: `{"code":…,"message":…}`, where either may be missing, or a plain text.
    package init(_ json: JSON) {
        if let message = json["message"]?.string, !message.isEmpty {
            self.init(text: message)
        } else if let message = json.string, !message.isEmpty {
            self.init(text: message)
        } else if let code = json["code"] {
            self.init("error \(theirs: code.text, 40)", meaning: Meaning(of: code.text))
        } else if let text = json.array?.compactMap(\.string).first {
            self.init(text: text)
        } else {
            self.init("error without a text", meaning: .bad)
        }
    }

    package init(text: String) { self.init(OutsideText(theirs: text), meaning: Meaning(of: text)) }

    private init(_ words: OutsideText, meaning: Meaning) {
        self.words = words
        self.meaning = meaning
    }

    /// What an error means. It is guessed from texts that pools are known to send.
    package enum Meaning: Sendable, Hashable {
        /// The share's job is over.
        case stale
        /// The share is bad.
        case bad
        /// The session is over: log in again.
        case session

        fileprivate init(of text: String) {
            // Bytes, and not too many: a search by characters takes long in a text that is made for it.
            let lower = text.utf8.prefix(1024).map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
            func says(_ words: String...) -> Bool { words.contains { lower.contains($0.utf8) } }
            if says("invalid job id", "job not found", "block expired", "stale") {
                self = .stale
            } else if says("unauthenticated", "banned") {
                self = .session
            } else {
                self = .bad
            }
        }
    }
}
