import NIOSSL
import NightjarPlatform
import Synchronization

/// What is known about one connection's security.
package final class TLSStatus: Sendable {
    private let host: String
    private let pin: CertificatePin?
    private let state = Locked((shown: CertificatePin?.none, security: ConnectionSecurity?.none))

    package init(host: String, pin: CertificatePin?) {
        self.host = host
        self.pin = pin
    }

    /// `nil` before the handshake is done.
    package var security: ConnectionSecurity? { state.withLock { $0.security } }

    /// Notes the server's certificate, before it is checked.
    package func saw(_ certificate: CertificatePin?) { state.withLock { $0.shown = certificate } }

    /// Notes that the handshake succeeded.
    package func established(version: TLSVersion?) {
        let name =
            switch version {
            case .tlsv12?: "TLSv1.2"
            case .tlsv13?: "TLSv1.3"
            default: "TLS"
            }
        state.withLock { $0.security = ConnectionSecurity(version: name, fingerprint: $0.shown?.description ?? "") }
    }

    /// A TLS failure in words; `nil` for any other error.
    package func reason(_ error: any Error) -> OutsideText? {
        let shown = state.withLock { $0.shown }
        let certificate: OutsideText =
            shown.map { "the server's certificate (SHA-256 \(ours: $0))" } ?? "the server's certificate"
        switch error {
        case let error as NIOSSLExtraError:
            if error == .failedToValidateHostname { return "\(certificate) is not for \(ours: host)" }
            return "TLS: \(theirs: "\(error)", 160)"
        case NIOSSLError.uncleanShutdown: return "the pool closed the connection"
        case NIOSSLError.handshakeFailed(let inner), NIOSSLError.shutdownFailed(let inner):
            let words = "\(inner)"
            if words.contains("CERTIFICATE_VERIFY_FAILED") {
                guard let pin else { return "no authority that this system trusts vouches for \(certificate)" }
                return
                    "wrong certificate: the SHA-256 fingerprint \(ours: pin) is expected, the server has \(ours: shown?.description ?? "none")"
            }
            if words.contains("EOF during handshake") { return "the connection was closed during the TLS handshake" }
            if words.contains("WRONG_VERSION_NUMBER") { return "the server does not speak TLS" }
            if words.contains("PROTOCOL_VERSION") || words.contains("UNSUPPORTED_PROTOCOL") {
                return "the server does not speak TLS 1.2 or later"
            }
            // "…error:1000007d:SSL routines:OPENSSL_internal:NAME_OF_IT at FILE:LINE…"
            let name = words.split(separator: "OPENSSL_internal:").dropFirst().first?.prefix {
                $0.isLetter || $0 == "_"
            }
            return
                "TLS: \(theirs: name.map { $0.lowercased().replacing("_", with: " ") } ?? "the handshake failed", 160)"
        case let error as NIOSSLError: return "TLS: \(theirs: "\(error)", 160)"
        default: return nil
        }
    }
}
