import NightjarCore
import NightjarJSON

/// The pool's side of a dialect, for one connection to a ``SandboxPool``.
///
/// The pool listens, steers the difficulty, keeps the jobs, judges the shares and does what ``Faults`` say; this reads
/// and writes the lines, makes the work of a job, and knows what a share claims. A value without sockets.
package protocol SandboxDialect: Sendable {
    /// Takes one line of the miner's, without its end.
    mutating func take(_ line: [UInt8]) -> SandboxRequest

    /// Makes a job.
    ///
    /// - Returns: `nil` when there is no work of that kind.
    mutating func job(_ order: SandboxOrder) -> SandboxJob?

    /// What a login is answered with: lines, the first job in them or behind them.
    mutating func welcome(_ request: JSON, _ job: SandboxJob) -> String

    /// What gives a miner that is logged in another job: lines.
    func notification(_ job: SandboxJob) -> String

    /// What a good share is answered with: a line.
    func acceptance(_ request: JSON) -> String

    /// What a login or a share is refused with: a line.
    func refusal(_ request: JSON, _ text: String) -> String

    /// The work that a share was found in, without its nonce; `nil` for one that is not of the job.
    func work(of share: SandboxShare, in job: SandboxJob) -> Work?

    /// What a share says that its hash is.
    func claim(of share: SandboxShare, in job: SandboxJob) -> SandboxClaim
}

extension SandboxDialect {
    package func work(of share: SandboxShare, in job: SandboxJob) -> Work? { job.work }
}

/// What a miner wants of a ``SandboxPool``. Requests have JSON for their numbers, echoed as it came.
package enum SandboxRequest: Sendable, Hashable {
    case login(JSON)
    case submit(JSON, SandboxShare)
    /// The dialect has answered it, with this line; the pool has nothing to do.
    case answered(String)
    /// Not in this dialect: the connection is closed.
    case nonsense
}

/// A share as a miner sent it.
package struct SandboxShare: Sendable, Hashable {
    /// The pool's name for the job; empty when there was none.
    package let job: String
    /// Whether the miner is logged in and says so.
    package let isAuthorized: Bool
    /// `nil` when it was missing or malformed.
    package let nonce: UInt32?
    /// What belongs to the work outside its nonce; empty where a job is one work.
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

/// What a share says that its hash is.
package enum SandboxClaim: Sendable, Hashable {
    case proof(Proof)
    /// The dialect's shares do not say; the pool finds out.
    case nothing
    /// It is missing or malformed.
    case invalid
}

/// What a ``SandboxPool`` wants a job to be.
package struct SandboxOrder: Sendable {
    package let id: String
    package let algorithm: Algorithm
    /// The block before: 32 bytes, the same for all connections at a height.
    package let previousID: [UInt8]
    package let height: UInt64
    package let seed: [UInt8]
    package let difficulty: Difficulty
}
