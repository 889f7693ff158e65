/// Why there is no connection through a proxy.
package enum ProxyFault: OutsideError, Hashable {
    /// A name that DNS must not be asked for, and no proxy.
    case hiddenService
    case unreachable(OutsideText)
    /// The proxy's first byte, which is its version, is not 5.
    case notSOCKS5(UInt8)
    case noMethod
    case loginRefused
    /// The reply's code (RFC 1928, 6).
    case refused(UInt8)
    case badReply
    case silent
    case closed

    package var words: OutsideText {
        switch self {
        case .hiddenService: "its name is not one for DNS, which is not asked: --proxy is needed, such as Tor's"
        case .unreachable(let reason): "the proxy cannot be reached: \(reason)"
        case .notSOCKS5(UInt8(ascii: "H")): "the proxy speaks HTTP and not SOCKS5"
        case .notSOCKS5: "the proxy does not speak SOCKS5"
        case .noMethod: "the proxy wants another kind of login"
        case .loginRefused: "the proxy refuses the login"
        case .refused(let code): "the proxy cannot connect: \(ours: Self.reason(code))"
        case .badReply: "the proxy's reply is not one of SOCKS5"
        case .silent: "the proxy does not answer"
        case .closed: "the proxy closed the connection"
        }
    }

    private static func reason(_ code: UInt8) -> String {
        switch code {
        case 1: "it failed"
        case 2: "its rules forbid it"
        case 3: "the network is unreachable"
        case 4: "the host is unreachable or unknown"
        case 5: "connection refused"
        case 6: "it took too long"
        case 7: "it does not know the command"
        case 8: "it does not know this kind of address"
        default: "code \(code)"
        }
    }
}
