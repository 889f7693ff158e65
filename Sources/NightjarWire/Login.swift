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
