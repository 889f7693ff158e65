/// Who mines. The description holds no password.
package struct Login: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The pool's user name, often a wallet address; for a node, the wallet address.
    package let user: String
    package let password: String
    /// A name for this machine in the pool's statistics.
    package let rigID: String?

    package init(user: String, password: String = "x", rigID: String? = nil) {
        self.user = user
        self.password = password
        self.rigID = rigID
    }

    package var description: String { "login" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: [:]) }
}

extension Login {
    /// Whether a pool's refusal speaks of the user. It is guessed from words that pools are known to send.
    static func isOfUser(_ words: OutsideText) -> Bool {
        let text = words.parts.map { String(decoding: $0.text.utf8.prefix(1024), as: UTF8.self).lowercased() }.joined()
        let isOfUser = ["address", "wallet", "login", "user", "worker", "account", "unauthorized"].contains {
            text.contains($0)
        }
        return isOfUser && !text.contains("ban")
    }

    /// A pool's refusal, with what to check where it speaks of the user.
    func refusal(_ words: OutsideText) -> OutsideText {
        Self.isOfUser(words) ? "\(words); check -u \(theirs: shortUser)" : words
    }

    /// `4ABC…wxyz`, so that a long address keeps its line short.
    private var shortUser: String { user.count > 12 ? "\(user.prefix(4))…\(user.suffix(4))" : user }
}
