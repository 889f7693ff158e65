import NIOCore
import NIOPosix
import NightjarCore
import Synchronization

/// A pool that speaks Monero-style Stratum over TCP.
public final class StratumClient: UpstreamLink {
    public let name: String
    public var backoff: Backoff { options.backoff }

    private let url: PoolURL
    private let login: Login
    private let options: UpstreamOptions
    private let session = Mutex<StratumSession?>(nil)

    /// - Throws: ``PoolURLError/notInThisBuild(_:)`` for TLS.
    public init(url: PoolURL, login: Login, options: UpstreamOptions = UpstreamOptions()) throws(PoolURLError) {
        guard url.scheme == .stratum else { throw .notInThisBuild(url) }
        self.url = url
        self.login = login
        self.options = options
        name = url.authority
    }

    public func attempt(events: @escaping @Sendable (UpstreamEvent) -> Void) async -> String {
        let channel: NIOAsyncChannel<ByteBuffer, ByteBuffer>
        do {
            channel = try await Connecting.abandonable { [url, options] in
                try await Connecting.bootstrap(timeout: options.connectTimeout).connect(host: url.host, port: url.port) {
                    channel in
                    channel.eventLoop.makeCompletedFuture {
                        try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                    }
                }
            } discard: { channel in
                try? await channel.executeThenClose { _, _ in }
            }
        } catch {
            return Connecting.reason(error)
        }

        let session = StratumSession(channel: channel.channel, login: login, options: options, events: events)
        self.session.withLock { $0 = session }
        var reason: String?
        do {
            try await channel.executeThenClose { inbound, _ in
                session.start()
                var splitter = LineSplitter()
                reading: for try await buffer in inbound {
                    for line in splitter.push(buffer.readableBytesView) {
                        reason = session.receive(line)
                        if reason != nil { break reading }
                    }
                    reason = splitter.fault?.description
                    if reason != nil { break reading }
                }
            }
        } catch {
            reason = reason ?? Connecting.reason(error)
        }
        self.session.withLock { if $0 === session { $0 = nil } }
        return session.end(reason ?? "the pool closed the connection")
    }

    public func submit(_ share: Share) async -> ShareOutcome {
        guard let session = session.withLock({ $0 }) else { return .expired(reason: "not connected") }
        return await session.submit(share)
    }
}
