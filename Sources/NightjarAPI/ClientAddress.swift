import NIOCore

/// The address for which a connection counts, where connections and wrong tokens are limited for each address.
///
/// All loopback addresses are one. Of an IPv6 address the first 64 bits count: a network hands out that many to one
/// client, which may use another of them for each connection.
package struct ClientAddress: Hashable, Sendable {
    /// Empty when the address is not known.
    private let bytes: ArraySlice<UInt8>
    let isLoopback: Bool

    /// - Parameter text: an IP address.
    package init(_ text: String) { self.init(IPAddress(text)) }

    init(_ address: SocketAddress?) { self.init(address?.ipAddress.flatMap { IPAddress($0) }) }

    private init(_ address: IPAddress?) {
        isLoopback = address?.isLoopback ?? false
        bytes = isLoopback ? [] : address?.bytes.prefix(8) ?? []
    }
}
