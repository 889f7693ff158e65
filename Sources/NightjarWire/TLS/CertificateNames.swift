import NIOSSL

/// Whether a certificate names a host, by RFC 9525: only its subject alternative names count, and a wildcard stands for
/// one whole label. NIOSSL also takes the common name, where an authority may write anything, and wildcards within a
/// label.
package enum CertificateNames {
    /// - Parameter isAddress: whether the host is an IP address. NIOSSL has compared it then.
    static func include(_ host: String, isAddress: Bool, in certificate: NIOSSLCertificate) -> Bool {
        certificate._subjectAlternativeNames().contains { name in
            switch name.nameType {
            case .dnsName: !isAddress && matches(String(decoding: name.contents, as: UTF8.self), host)
            case .ipAddress: isAddress
            default: false
            }
        }
    }

    package static func matches(_ pattern: String, _ host: String) -> Bool {
        func labels(_ name: String) -> [Substring] {
            // A dot at the end says that the name is whole.
            (name.hasSuffix(".") ? name.dropLast() : name[...]).lowercased()[...].split(
                separator: ".", omittingEmptySubsequences: false)
        }
        let (pattern, host) = (labels(pattern), labels(host))
        guard pattern.count == host.count else { return false }
        // A wildcard for a whole domain such as `*.com` names no server.
        if pattern.first == "*", pattern.count > 2 { return pattern.dropFirst() == host.dropFirst() }
        return pattern == host
    }
}
