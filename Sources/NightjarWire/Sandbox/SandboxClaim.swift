import NightjarCore
import NightjarJSON

/// What a share claims about its hash.
package enum SandboxClaim: Sendable, Hashable {
    case proof(Proof)
    /// Shares of this dialect carry no hash. The pool computes it.
    case nothing
    /// The hash is missing or malformed.
    case invalid
}
