/// How a connection is secured.
package struct ConnectionSecurity: Sendable, Hashable {
    /// `TLSv1.2` or `TLSv1.3`.
    package let version: String
    /// The SHA-256 fingerprint of the server's certificate, lower-case hex.
    package let fingerprint: String

    package init(version: String, fingerprint: String) {
        self.version = version
        self.fingerprint = fingerprint
    }
}
