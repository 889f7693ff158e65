import NightjarCore

/// The SHA-256 fingerprint of the one certificate that a server may show. It is computed over the DER form, as `openssl
/// x509 -fingerprint -sha256` prints it.
package struct CertificatePin: Sendable, Hashable, CustomStringConvertible {
    /// 32 bytes.
    package let bytes: [UInt8]

    /// - Parameter text: 64 hex digits of either case, with or without colons between the bytes.
    /// - Returns: `nil` for anything else.
    package init?(_ text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 1 || parts.allSatisfy({ $0.utf8.count == 2 }) else { return nil }
        guard let bytes = Hex.decode(parts.joined()), bytes.count == 32 else { return nil }
        self.bytes = bytes
    }

    /// The fingerprint of a certificate in DER form.
    package init(of certificate: [UInt8]) { bytes = Checksum.sha256(certificate) }

    /// 64 lower-case hex digits.
    package var description: String { Hex.encode(bytes) }
}
