import NightjarCore

/// A job that a ``SandboxPool`` gave to one connection.
package struct SandboxJob: Sendable {
    /// The pool's name for the job.
    package let id: String
    package let work: Work
    package let height: UInt64
    package let difficulty: Difficulty
    package let target: Target
    package let nonces: NonceSpace
    /// The shares that were submitted for the job.
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
