import NightjarJSON

/// An error that a pool answered with.
package struct PoolError: Sendable, Hashable {
    /// The pool's words; a code where it had none.
    package let text: String

    /// - Parameter json: `{"code":…,"message":…}` with either missing, or just a text.
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

    /// What an error means, going by the texts that pools are known to send.
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
