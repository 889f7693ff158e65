import NIOCore

/// The kind of addresses that connections go to.
package enum IPFamily: String, Sendable, Hashable {
    case v4 = "IPv4"
    case v6 = "IPv6"

    /// The family of an address that is written as numbers; `nil` for a name.
    package init?(ofLiteral host: String) {
        switch try? SocketAddress(ipAddress: host, port: 0) {
        case .v4?: self = .v4
        case .v6?: self = .v6
        default: return nil
        }
    }
}
