import NightjarWire

enum NodeRPCError: OutsideError {
    /// No answer came.
    case transport(OutsideText)
    /// The node answered with an error: −1 parameter, −4 address, −6 blob, −7 not accepted, −9 busy.
    case node(code: Int64?, message: OutsideText)
    /// The answer is not what the protocol says.
    case malformed(OutsideText)

    var words: OutsideText {
        switch self {
        case .transport(let reason): reason
        case .node(let code?, let message): "\(message) (error \(code))"
        case .node(nil, let message): message
        case .malformed(let what): "the node's answer: \(what)"
        }
    }
}
