enum NodeRPCError: Error, CustomStringConvertible {
    /// No answer came.
    case transport(String)
    /// The node answered with an error: −1 parameter, −4 address, −6 blob, −7 not accepted, −9 busy.
    case node(code: Int64?, message: String)
    /// The answer is not what the protocol says.
    case malformed(String)

    var description: String {
        switch self {
        case .transport(let reason): reason
        case .node(let code?, let message): "\(message) (error \(code))"
        case .node(nil, let message): message
        case .malformed(let what): "the node's answer: \(what)"
        }
    }
}
