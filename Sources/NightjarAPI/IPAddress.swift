import Glibc

/// A numeric IP address, as its 4 or 16 bytes.
struct IPAddress: Hashable, Sendable {
    let bytes: [UInt8]

    /// `nil` when `text` is not an IP address. An IPv4 address inside IPv6 (`::ffff:127.0.0.1`) becomes the IPv4
    /// address.
    init?(_ text: some StringProtocol) {
        var buffer = [UInt8](repeating: 0, count: 16)
        let text = String(text)
        if inet_pton(AF_INET, text, &buffer) == 1 {
            bytes = Array(buffer[..<4])
        } else if inet_pton(AF_INET6, text, &buffer) == 1 {
            bytes =
                buffer[..<10].allSatisfy({ $0 == 0 }) && buffer[10] == 0xFF && buffer[11] == 0xFF
                ? Array(buffer[12...]) : buffer
        } else {
            return nil
        }
    }

    /// Whether it is in 127.0.0.0/8, or ::1.
    var isLoopback: Bool {
        bytes.count == 4 ? bytes[0] == 127 : bytes[..<15].allSatisfy { $0 == 0 } && bytes[15] == 1
    }

    /// Whether it is 0.0.0.0 or ::, which mean all addresses of the machine.
    var isWildcard: Bool { bytes.allSatisfy { $0 == 0 } }
}
