import NIOCore
import NIOSSL
import NIOTLS
import NightjarPlatform
import Synchronization

/// TLS to one server, version 1.2 or later. An authority must vouch for the server's certificate, and the certificate
/// must name the server's host name or address. With a pin, the certificate must be exactly the pinned one instead.
package final class TLSClient: Sendable {
    private let host: String
    private let pin: CertificatePin?
    private let trust: TLSTrust
    /// Made once, at its first use: reading the system's authorities takes some milliseconds.
    private let context = Locked<NIOSSLContext?>(nil)

    package init(host: String, pin: CertificatePin?, trust: TLSTrust) {
        self.host = host
        self.pin = pin
        self.trust = trust
    }

    /// Adds TLS to a new channel's pipeline. Call it on the channel's event loop.
    ///
    /// - Returns: what is known of the connection, now and later.
    package func secure(_ channel: any Channel) throws -> TLSStatus {
        let status = TLSStatus(host: host, pin: pin)
        // An address is not a server name (RFC 6066, section 3). The certificate is then compared with the address.
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
        let isNamed: (NIOSSLCertificate) -> Bool = { [host, pin] certificate in
            pin != nil || CertificateNames.include(host, isAddress: isAddress, in: certificate)
        }
        try channel.pipeline.syncOperations.addHandlers(
            handler, Inspector(status: status, handler: handler, isNamed: isNamed))
        return status
    }

    private func sharedContext() throws -> NIOSSLContext {
        try context.withLock { context in
            if let context { return context }
            var configuration = TLSConfiguration.makeClientConfiguration()
            configuration.minimumTLSVersion = .tlsv12
            // With a pin, the certificate's issuer and names do not matter: only the pin is compared.
            configuration.certificateVerification = pin == nil ? .fullVerification : .noHostnameVerification
            if case .file(let path) = trust { configuration.trustRoots = .file(path) }
            // Do not wait long for a server that sends no closing message.
            configuration.shutdownTimeout = .seconds(1)
            let made = try NIOSSLContext(configuration: configuration)
            context = made
            return made
        }
    }

    /// A handler after TLS in the pipeline. It notes how the handshake ended.
    private final class Inspector: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        private let status: TLSStatus
        private let handler: NIOSSLClientHandler
        private let isNamed: (NIOSSLCertificate) -> Bool

        init(status: TLSStatus, handler: NIOSSLClientHandler, isNamed: @escaping (NIOSSLCertificate) -> Bool) {
            self.status = status
            self.handler = handler
            self.isNamed = isNamed
        }

        func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
            if case .handshakeCompleted? = event as? TLSUserEvent {
                status.saw(certificate)
                guard handler.peerCertificate.map(isNamed) == true else { return refuse(context) }
                status.established(version: handler.tlsVersion)
            }
            context.fireUserInboundEventTriggered(event)
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            if let certificate { status.saw(certificate) }
            context.fireErrorCaught(error)
        }

        /// Closes the connection below TLS, before anything that waits for the handshake is sent.
        private func refuse(_ context: ChannelHandlerContext) {
            context.fireErrorCaught(NIOSSLExtraError.failedToValidateHostname)
            let tls = try? context.pipeline.syncOperations.context(handler: handler)
            (tls ?? context).close(promise: nil)
        }

        private var certificate: CertificatePin? {
            handler.peerCertificate.flatMap { try? $0.toDERBytes() }.map { CertificatePin(of: $0) }
        }
    }
}
