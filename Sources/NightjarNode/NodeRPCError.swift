import NightjarWire

/// A request to a node that brought no result.
package enum NodeRPCError: OutsideError {
    /// No answer came.
    case transport(OutsideText)
    /// The node answered with an error, and its code where it has one.
    case node(code: Int64?, message: OutsideText)
    /// The node will take the same request a moment later.
    case busy(OutsideText)
    /// The node refuses the login, or wants one, and asking again is of no use.
    case login(OutsideText)
    /// The answer is not what the protocol says.
    case malformed(OutsideText)

    package var words: OutsideText {
        switch self {
        case .transport(let reason), .busy(let reason), .login(let reason): reason
        case .node(let code?, let message): "\(message) (error \(code))"
        case .node(nil, let message): message
        case .malformed(let what): "the node's answer: \(what)"
        }
    }
}
