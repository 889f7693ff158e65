import NightjarCore
import NightjarJSON

/// A miner's request to a ``SandboxPool``. Request numbers are kept as JSON and sent back as they came.
package enum SandboxRequest: Sendable, Hashable {
    case login(JSON)
    case submit(JSON, SandboxShare)
    /// The dialect answers with this line. The pool has nothing else to do.
    case answered(String)
    /// The line is not in this dialect. The pool closes the connection.
    case nonsense
}
