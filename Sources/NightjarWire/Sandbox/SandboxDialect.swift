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
