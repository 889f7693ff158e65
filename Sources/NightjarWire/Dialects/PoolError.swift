import NightjarJSON

/// A pool's answer that is an error.
package struct PoolError: Sendable, Hashable {
    /// The pool's words, or its code where it sent no words.
    package let text: String

    /// - Parameter json: `{"code":…,"message":…}`, where either may be missing, or a plain text.
    package init(_ json: JSON) {
        if let message = json["message"]?.string, !message.isEmpty {
            text = printable(message)
        } else if let message = json.string, !message.isEmpty {
            text = printable(message)
        } else if let code = json["code"] {
            text = "error \(printable(code.text.prefix(40)))"
        } else if let words = json.array?.compactMap(\.string).first {
            text = printable(words)
        } else {
            text = "error without a text"
        }
    }

    package init(text: String) { self.text = text }

    /// What an error means. It is guessed from texts that pools are known to send.
    package enum Meaning: Sendable, Hashable {
        /// The share's job is over.
        case stale
        /// The share is bad.
        case bad
        /// The session is over: log in again.
        case session
    }

    package var meaning: Meaning {
        let lower = text.lowercased()
        if ["invalid job id", "job not found", "block expired", "stale"].contains(where: lower.contains) {
            return .stale
        }
        if ["unauthenticated", "banned"].contains(where: lower.contains) { return .session }
        return .bad
    }
}
