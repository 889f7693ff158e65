import NIOCore
import NIOPosix
import NightjarCore
import Synchronization

/// A pool that speaks Monero-style Stratum, over TCP or TLS.
package final class StratumClient: UpstreamLink {
    package let name: String
    package let identity: String
    package var backoff: Backoff { options.backoff }

    private let url: PoolURL
    private let login: Login
    private let options: UpstreamOptions
    private let tls: TLSClient?
    private let state = Mutex(State())

    private struct State {
        var session: StratumSession?
        var tls: TLSStatus?
        /// Where the pool asked to be connected to next; its own host always.
        var nextPort: Int?
    }

    /// - Throws: ``PoolURLError/wrongKind(_:)`` for a node.
    package init(_ settings: PoolSettings, options: UpstreamOptions) throws(PoolURLError) {
        guard !settings.url.isNode else { throw .wrongKind(settings.url) }
        url = settings.url
        login = Login(user: settings.user, password: settings.password, rigID: settings.rigID)
        identity = settings.identity(options)
        self.options = settings.merged(into: options)
        tls = url.isSecure ? TLSClient(host: url.host, pin: settings.fingerprint, trust: options.trust) : nil
        name = url.authority
    }

    /// - Throws: ``PoolURLError/wrongKind(_:)`` for a node.
    package convenience init(
        url: PoolURL, login: Login, options: UpstreamOptions = UpstreamOptions()
    ) throws(PoolURLError) {
        try self.init(
            PoolSettings(url: url, user: login.user, password: login.password, rigID: login.rigID), options: options)
    }

    package var security: ConnectionSecurity? { state.withLock { $0.session == nil ? nil : $0.tls?.security } }

    package func attempt(events: @escaping @Sendable (UpstreamEvent) -> Void) async -> String {
        typealias Connection = (channel: NIOAsyncChannel<ByteBuffer, ByteBuffer>, tls: TLSStatus?)
        let port = state.withLock { state in
            defer { state.nextPort = nil }
            return state.nextPort ?? url.port
        }
        let connection: Connection
        do {
            connection = try await Connecting.abandonable { [url, options, tls] in
                try await Connecting.bootstrap(options).connect(host: url.host, port: port) { channel in
                    channel.eventLoop.makeCompletedFuture {
                        // The stream last: whatever TLS has to say goes through it.
                        let status = try tls?.secure(channel)
                        return (
                            try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel), status
                        )
                    }
                }
            } discard: { connection in
                try? await connection.channel.executeThenClose { _, _ in }
            }
        } catch {
            return Connecting.reason(error)
        }

        let session = StratumSession(
            channel: connection.channel.channel, host: url.host, login: login, options: options, events: events)
        state.withLock {
            $0.session = session
            $0.tls = connection.tls
        }
        var reason: String?
        do {
            try await connection.channel.executeThenClose { inbound, _ in
                session.start()
                var splitter = LineSplitter()
                reading: for try await buffer in inbound {
                    for line in splitter.push(buffer.readableBytesView) {
                        reason = session.receive(line)
                        if reason != nil { break reading }
                    }
                    session.note(halfLine: splitter.isInLine)
                    reason = splitter.fault?.description
                    if reason != nil { break reading }
                }
            }
        } catch {
            reason = reason ?? Connecting.reason(error, connection.tls)
        }
        state.withLock {
            guard $0.session === session else { return }
            $0.session = nil
            $0.tls = nil
            $0.nextPort = session.nextPort
        }
        return session.end(reason ?? "the pool closed the connection")
    }

    package func submit(_ share: Share) async -> ShareOutcome {
        guard let session = state.withLock({ $0.session }) else { return .expired(reason: "not connected") }
        return await session.submit(share)
    }
}
