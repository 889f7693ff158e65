import NightjarCore
import NightjarJSON

/// The pool's side of a dialect, for one connection to a ``SandboxPool``.
///
/// The pool listens, adjusts the difficulty, keeps the jobs, checks the shares and makes the ``Faults``. The dialect
/// reads and writes lines, makes a job's work, and reads what a share claims. It is a value without sockets.
package protocol SandboxDialect: Sendable {
    /// Takes one line from the miner, without its end.
    mutating func take(_ line: [UInt8]) -> SandboxRequest

    /// Makes a job.
    ///
    /// - Returns: `nil` when the dialect cannot make such a job.
    mutating func job(_ order: SandboxOrder) -> SandboxJob?

    /// The answer to a login: one or more lines that also give the first job.
    mutating func welcome(_ request: JSON, _ job: SandboxJob) -> String

    /// The lines that give a logged-in miner another job.
    func notification(_ job: SandboxJob) -> String

    /// The line that accepts a share.
    func acceptance(_ request: JSON) -> String

    /// The line that refuses a login or a share.
    func refusal(_ request: JSON, _ text: String) -> String

    /// The work in which a share was found, without its nonce; `nil` when it is not work of this job.
    func work(of share: SandboxShare, in job: SandboxJob) -> Work?

    /// The hash that a share claims.
    func claim(of share: SandboxShare, in job: SandboxJob) -> SandboxClaim
}

extension SandboxDialect {
    package func work(of share: SandboxShare, in job: SandboxJob) -> Work? { job.work }
}

/// A miner's request to a ``SandboxPool``. Request numbers are kept as JSON and sent back as they came.
package enum SandboxRequest: Sendable, Hashable {
    case login(JSON)
    case submit(JSON, SandboxShare)
    /// The dialect answers with this line. The pool has nothing else to do.
    case answered(String)
    /// The line is not in this dialect. The pool closes the connection.
    case nonsense
}

/// A share as the miner sent it.
package struct SandboxShare: Sendable, Hashable {
    /// The pool's name for the job; empty when the miner sent none.
    package let job: String
    /// Whether the share names the session's login.
    package let isAuthorized: Bool
    /// `nil` when the nonce was missing or malformed.
    package let nonce: UInt32?
    /// Tells which of the job's works the share belongs to; empty when the job has only one work.
    package let token: [UInt8]
    /// The message's parameters.
    package let params: JSON

    package init(job: String, isAuthorized: Bool, nonce: UInt32?, token: [UInt8] = [], params: JSON) {
        self.job = job
        self.isAuthorized = isAuthorized
        self.nonce = nonce
        self.token = token
        self.params = params
    }
}

/// What a share claims about its hash.
package enum SandboxClaim: Sendable, Hashable {
    case proof(Proof)
    /// Shares of this dialect carry no hash. The pool computes it.
    case nothing
    /// The hash is missing or malformed.
    case invalid
}

/// A ``SandboxPool``'s order for one job.
package struct SandboxOrder: Sendable {
    package let id: String
    package let algorithm: Algorithm
    /// The previous block's id: 32 bytes, the same for all connections at a height.
    package let previousID: [UInt8]
    package let height: UInt64
    package let seed: [UInt8]
    package let difficulty: Difficulty
}
