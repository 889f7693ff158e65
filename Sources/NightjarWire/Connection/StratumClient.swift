import Glibc
import NIOCore
import NIOPosix
import NightjarCore
import NightjarPlatform
import Synchronization

/// A Stratum pool over TCP or TLS: JSON, one message a line, in one of the dialects.
package final class StratumClient: UpstreamLink {
    package let name: String
    package let identity: String
    package var backoff: Backoff { options.backoff }

    private let url: PoolURL
    private let options: UpstreamOptions
    private let tls: TLSClient?
    private let state: Locked<State>

    private struct State {
        /// The dialect as the last connection left it.
        var dialect: any Dialect
        var session: LineSession?
        var tls: TLSStatus?
        /// The port that the pool asked for with its reconnect message; always on its own host.
        var nextPort: Int?
        /// The pool refused the user at the last try.
        var isRefused = false
    }

    /// - Parameters:
    ///   - options: the options of all pools; this pool's settings override them.
    ///   - dialect: the pool's language.
    /// - Throws: ``PoolURLError/wrongKind(_:)`` for a node.
    package init(
        _ settings: PoolSettings, options: UpstreamOptions, dialect: any Dialect
    ) throws(PoolURLError) {
        guard !settings.url.isNode else { throw .wrongKind(settings.url) }
        url = settings.url
        options.secrets.add([settings.password])
        identity = settings.identity(options)
        self.options = settings.merged(into: options)
        tls = url.isSecure ? TLSClient(host: url.host, pin: settings.fingerprint, trust: options.trust) : nil
        name = url.authority
        state = Locked(State(dialect: dialect))
    }

    /// A pool that is spoken to in its algorithm's dialect, by the options' table.
    ///
    /// - Throws: ``PoolURLError/wrongKind(_:)`` for a node.
    package convenience init(_ settings: PoolSettings, options: UpstreamOptions) throws(PoolURLError) {
        let merged = settings.merged(into: options)
        let row = merged.dialects.row(for: merged.algorithm)
        try self.init(settings, options: options, dialect: row.miner(settings, merged))
    }

    /// - Throws: ``PoolURLError/wrongKind(_:)`` for a node.
    package convenience init(
        url: PoolURL, login: Login, options: UpstreamOptions = UpstreamOptions()
    ) throws(PoolURLError) {
        try self.init(
            PoolSettings(url: url, user: login.user, password: login.password, rigID: login.rigID), options: options)
    }

    package var isRefused: Bool { state.withLock { $0.isRefused } }

    package var security: ConnectionSecurity? { state.withLock { $0.session == nil ? nil : $0.tls?.security } }

    package func attempt(events: @escaping @Sendable (UpstreamEvent) -> Void) async -> String {
        let end = await connect(events: events)
        guard end.triesAgain, !Task.isCancelled else { return end.reason }
        return await connect(events: events).reason
    }

    private func connect(
        events: @escaping @Sendable (UpstreamEvent) -> Void
    ) async -> (reason: String, triesAgain: Bool) {
        typealias Connection = (channel: NIOAsyncChannel<ByteBuffer, ByteBuffer>, tls: TLSStatus?)
        let port = state.withLock { state in
            defer { state.nextPort = nil }
            state.isRefused = false
            return state.nextPort ?? url.port
        }
        let connection: Connection
        do {
            connection = try await Connecting.abandonable { [url, options, tls] in
                try await Connecting.connect(to: url, port: port, options) { channel in
                    channel.eventLoop.makeCompletedFuture {
                        // The stream's handler comes last, so that it sees TLS's errors and events.
                        let status = try tls?.secure(channel)
                        return (
                            try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel), status
                        )
                    }
                } discard: { connection in
                    try? await connection.channel.executeThenClose { _, _ in }
                }
            } discard: { connection in
                try? await connection.channel.executeThenClose { _, _ in }
            }
        } catch {
            return (options.secrets(Connecting.reason(error)), false)
        }

        let session = state.withLock { state in
            // The last connection may still be closing, and its session then has the newest dialect.
            let dialect = state.session?.dialect ?? state.dialect
            let session = LineSession(
                channel: connection.channel.channel, pool: name, host: url.host, dialect: dialect, options: options,
                events: events)
            state.session = session
            state.tls = connection.tls
            return session
        }
        var reason: String?
        var guess = PortGuess(url)
        var isClosed = false
        do {
            try await connection.channel.executeThenClose { inbound, _ in
                session.start()
                var splitter = LineSplitter()
                reading: for try await buffer in inbound {
                    guess.push(buffer.readableBytesView)
                    for line in splitter.push(buffer.readableBytesView) {
                        reason = session.receive(line)
                        if reason != nil { break reading }
                    }
                    session.note(halfLine: splitter.isInLine)
                    reason = (splitter.fault?.words).map { options.secrets($0) }
                    if reason != nil { break reading }
                }
            }
        } catch {
            isClosed = (error as? IOError)?.errnoCode == ECONNRESET
            reason = reason ?? options.secrets(Connecting.reason(error, connection.tls))
        }
        state.withLock {
            guard $0.session === session else { return }
            $0.session = nil
            $0.dialect = session.dialect
            $0.tls = nil
            $0.nextPort = session.nextPort
            $0.isRefused = session.dialect.isRefused
        }
        let end = session.end(reason ?? "the pool closed the connection")
        let hint = session.isConnected ? nil : guess.hint(isSilent: isClosed || reason == nil)
        return (hint.map { "\(end): \($0)" } ?? end, session.dialect.triesAgain)
    }

    package func submit(_ share: Share) async -> ShareOutcome {
        guard let session = state.withLock({ $0.session }) else { return .expired(reason: "not connected") }
        return await session.submit(share)
    }
}
