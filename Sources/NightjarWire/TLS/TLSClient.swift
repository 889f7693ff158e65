import NIOCore
import NIOSSL
import NIOTLS
import Synchronization

/// Whom a client believes about a server's certificate, when no pin says which one it is.
package enum TLSTrust: Sendable, Hashable {
    /// The system's certificate authorities.
    case system
    /// Those in a PEM file, and no others.
    case file(String)
}

/// TLS towards one server: at least version 1.2; its certificate vouched for by an authority and made out to its host
/// name or address, or else the very one that was pinned.
package final class TLSClient: Sendable {
    private let host: String
    private let pin: CertificatePin?
    private let trust: TLSTrust
    /// Made once, when it is first needed: reading the system's authorities takes some milliseconds.
    private let context = Mutex<NIOSSLContext?>(nil)

    package init(host: String, pin: CertificatePin?, trust: TLSTrust) {
        self.host = host
        self.pin = pin
        self.trust = trust
    }

    /// Puts TLS into a new channel's pipeline. To be called on its event loop.
    ///
    /// - Returns: what becomes known of the connection.
    package func secure(_ channel: any Channel) throws -> TLSStatus {
        let status = TLSStatus(host: host, pin: pin)
        // An address is no server name (RFC 6066, section 3); the certificate is then compared with the address.
        let isAddress = (try? SocketAddress(ipAddress: host, port: 0)) != nil
        let handler: NIOSSLClientHandler
        if let pin {
            handler = try NIOSSLClientHandler(context: sharedContext(), serverHostname: isAddress ? nil : host) {
                chain, promise in
                let shown = chain.first.flatMap { try? $0.toDERBytes() }.map { CertificatePin(of: $0) }
                status.saw(shown)
                promise.succeed(shown == pin ? .certificateVerified : .failed)
            }
        } else {
            handler = try NIOSSLClientHandler(context: sharedContext(), serverHostname: isAddress ? nil : host)
        }
        try channel.pipeline.syncOperations.addHandlers(handler, Inspector(status: status, handler: handler))
        return status
    }

    private func sharedContext() throws -> NIOSSLContext {
        try context.withLock { context in
            if let context { return context }
            var configuration = TLSConfiguration.makeClientConfiguration()
            configuration.minimumTLSVersion = .tlsv12
            // A pinned certificate may be anybody's, and made out to anything: it is the pin that is compared.
            configuration.certificateVerification = pin == nil ? .fullVerification : .noHostnameVerification
            if case .file(let path) = trust { configuration.trustRoots = .file(path) }
            // A server that does not say goodbye is not waited for.
            configuration.shutdownTimeout = .seconds(1)
            let made = try NIOSSLContext(configuration: configuration)
            context = made
            return made
        }
    }

    /// Stands behind TLS and notes how the handshake ended.
    private final class Inspector: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        private let status: TLSStatus
        private let handler: NIOSSLClientHandler

        init(status: TLSStatus, handler: NIOSSLClientHandler) {
            self.status = status
            self.handler = handler
        }

        func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
            if case .handshakeCompleted? = event as? TLSUserEvent {
                status.saw(certificate)
                status.established(version: handler.tlsVersion)
            }
            context.fireUserInboundEventTriggered(event)
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            if let certificate { status.saw(certificate) }
            context.fireErrorCaught(error)
        }

        private var certificate: CertificatePin? {
            handler.peerCertificate.flatMap { try? $0.toDERBytes() }.map { CertificatePin(of: $0) }
        }
    }
}

/// What is known of one connection's security.
package final class TLSStatus: Sendable {
    private let host: String
    private let pin: CertificatePin?
    private let state = Mutex((shown: CertificatePin?.none, security: ConnectionSecurity?.none))

    package init(host: String, pin: CertificatePin?) {
        self.host = host
        self.pin = pin
    }

    /// `nil` before the handshake is done.
    package var security: ConnectionSecurity? { state.withLock { $0.security } }

    package func saw(_ certificate: CertificatePin?) { state.withLock { $0.shown = certificate } }

    package func established(version: TLSVersion?) {
        let name =
            switch version {
            case .tlsv12?: "TLSv1.2"
            case .tlsv13?: "TLSv1.3"
            default: "TLS"
            }
        state.withLock { $0.security = ConnectionSecurity(version: name, fingerprint: $0.shown?.description ?? "") }
    }

    /// A failure of TLS in words, one line; `nil` for an error that is none of TLS's.
    package func reason(_ error: any Error) -> String? {
        let shown = state.withLock { $0.shown }
        let certificate = shown.map { "the server's certificate (SHA-256 \($0))" } ?? "the server's certificate"
        switch error {
        case let error as NIOSSLExtraError:
            if error == .failedToValidateHostname { return "\(certificate) is not made out to \(host)" }
            return "TLS: \(printable("\(error)").prefix(160))"
        case NIOSSLError.uncleanShutdown: return "the pool closed the connection"
        case NIOSSLError.handshakeFailed(let inner), NIOSSLError.shutdownFailed(let inner):
            let words = "\(inner)"
            if words.contains("CERTIFICATE_VERIFY_FAILED") {
                guard let pin else { return "no authority that this system trusts vouches for \(certificate)" }
                return
                    "wrong certificate: the SHA-256 fingerprint \(pin) is expected, the server has \(shown?.description ?? "none")"
            }
            if words.contains("EOF during handshake") { return "the connection was closed during the TLS handshake" }
            if words.contains("WRONG_VERSION_NUMBER") { return "no TLS is spoken there" }
            if words.contains("PROTOCOL_VERSION") || words.contains("UNSUPPORTED_PROTOCOL") {
                return "no TLS of version 1.2 or later is spoken there"
            }
            // "…error:1000007d:SSL routines:OPENSSL_internal:NAME_OF_IT at FILE:LINE…"
            let name = words.split(separator: "OPENSSL_internal:").dropFirst().first?.prefix {
                $0.isLetter || $0 == "_"
            }
            return "TLS: \(name.map { $0.lowercased().replacing("_", with: " ") } ?? "the handshake failed")"
        case let error as NIOSSLError: return "TLS: \(printable("\(error)").prefix(160))"
        default: return nil
        }
    }
}
