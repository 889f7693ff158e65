import NightjarCore

/// A job as a ``SandboxPool`` handed it to one connection.
package struct SandboxJob: Sendable {
    /// The pool's name for it.
    package let id: String
    package let work: Work
    package let height: UInt64
    package let difficulty: Difficulty
    package let target: Target
    package let nonces: NonceSpace
    /// What was submitted for it.
    var submitted: Set<Submitted> = []

    struct Submitted: Hashable {
        let nonce: UInt32
        let token: [UInt8]
    }

    package init(_ order: SandboxOrder, work: Work, target: Target, nonces: NonceSpace) {
        id = order.id
        self.work = work
        height = order.height
        difficulty = order.difficulty
        self.target = target
        self.nonces = nonces
    }
}
