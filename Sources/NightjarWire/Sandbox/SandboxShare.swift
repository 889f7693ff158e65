import NightjarCore
import NightjarJSON

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
