import Glibc
import NIOCore
import NIOPosix
import NIOSSL
import NightjarPlatform

/// Makes every outgoing connection.
package enum Connecting {
    /// A bootstrap with a connect timeout and TCP keepalive. Keepalive finds half-open connections: after a minute of
    /// silence it sends four probes, ten seconds apart.
    ///
    /// Connecting to a name tries all its addresses (RFC 8305).
    private static func bootstrap(_ options: UpstreamOptions, _ loop: any EventLoop) -> ClientBootstrap {
        var resolver: (any Resolver & Sendable)? = options.resolver?(loop)
        if resolver == nil, let family = options.family { resolver = FamilyResolver(loop: loop, family: family) }
        let bootstrap = ClientBootstrap(group: loop)
            .resolver(resolver)
            .connectTimeout(TimeAmount(options.connectTimeout))
            .channelOption(.socketOption(.so_keepalive), value: 1)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
        return
            bootstrap
            .channelOption(.tcpOption(.init(rawValue: CInt(TCP_KEEPIDLE))), value: 60)
            .channelOption(.tcpOption(.init(rawValue: CInt(TCP_KEEPINTVL))), value: 10)
            .channelOption(.tcpOption(.init(rawValue: CInt(TCP_KEEPCNT))), value: 4)
    }

    /// Connects to a server, through the options' proxy when they have one.
    ///
    /// - Parameters:
    ///   - url: the server; only its host counts.
    ///   - initializer: makes the channel's handlers, and the result.
    ///   - discard: gets the result when the proxy cannot connect.
    package static func connect<Value: Sendable>(
        to url: PoolURL, port: Int, _ options: UpstreamOptions,
        initializer: @escaping @Sendable (any Channel) -> EventLoopFuture<Value>,
        discard: @escaping @Sendable (Value) async -> Void
    ) async throws -> Value {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        guard let proxy = options.proxy else {
            guard !url.isHiddenService else { throw ProxyFault.hiddenService }
            return try await bootstrap(options, loop).connect(
                host: url.host, port: port, channelInitializer: initializer)
        }
        let connected = loop.makePromise(of: Void.self)
        let value: Value
        do {
            value = try await bootstrap(options, loop).connect(host: proxy.host, port: proxy.port) { channel in
                ask(proxy, for: url.host, port, options, on: channel, connected).flatMap { initializer(channel) }
            }
        } catch {
            connected.fail(error)
            throw ProxyFault.unreachable(reason(error))
        }
        do { try await connected.futureResult.get() } catch {
            await discard(value)
            throw error
        }
        return value
    }

    /// Connects to a server, through the options' proxy when they have one.
    package static func connect(
        to url: PoolURL, _ options: UpstreamOptions,
        initializer: @escaping @Sendable (any Channel) -> EventLoopFuture<Void>
    ) -> EventLoopFuture<any Channel> {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        guard let proxy = options.proxy else {
            guard !url.isHiddenService else { return loop.makeFailedFuture(ProxyFault.hiddenService) }
            return bootstrap(options, loop).channelInitializer(initializer).connect(host: url.host, port: url.port)
        }
        let connected = loop.makePromise(of: Void.self)
        return bootstrap(options, loop)
            .channelInitializer { channel in
                ask(proxy, for: url.host, url.port, options, on: channel, connected).flatMap { initializer(channel) }
            }
            .connect(host: proxy.host, port: proxy.port)
            .flatMapErrorThrowing { error in
                connected.fail(error)
                throw ProxyFault.unreachable(reason(error))
            }
            .flatMap { channel in connected.futureResult.map { channel } }
    }

    /// Puts the question for a connection in front of all other handlers.
    private static func ask(
        _ proxy: SOCKSProxy, for host: String, _ port: Int, _ options: UpstreamOptions, on channel: any Channel,
        _ connected: EventLoopPromise<Void>
    ) -> EventLoopFuture<Void> {
        channel.eventLoop.makeCompletedFuture {
            let exchange = SOCKSExchange(host: host, port: port, login: proxy.login)
            try channel.pipeline.syncOperations.addHandler(
                SOCKSHandler(exchange, deadline: TimeAmount(options.proxyDeadline), connected: connected))
        }
    }

    /// Runs `operation`, and stops waiting for it when the task is cancelled. NIO cannot cancel a connect itself.
    ///
    /// - Parameter discard: gets the result when the caller no longer waits for it.
    package static func abandonable<Value: Sendable>(
        _ operation: @escaping @Sendable () async throws -> Value, discard: @escaping @Sendable (Value) async -> Void
    ) async throws -> Value {
        let (stream, continuation) = AsyncThrowingStream<Value, any Error>.makeStream()
        Task {
            do {
                let value = try await operation()
                if case .terminated = continuation.yield(value) { await discard(value) }
                continuation.finish()
            } catch {
                continuation.finish(throwing: error)
            }
        }
        for try await value in stream { return value }
        throw CancellationError()
    }

    /// Closes a connection after its answer is complete.
    ///
    /// A TLS connection is reset. Monerod keeps a TLS connection that ends normally in CLOSE_WAIT, and accepts no more
    /// once it has 25 of them.
    package static func hangUp(_ channel: any Channel) {
        channel.eventLoop.execute {
            let tls = try? channel.pipeline.syncOperations.context(handlerType: NIOSSLClientHandler.self)
            guard let tls, let options = channel as? any SocketOptionProvider else {
                return channel.close(promise: nil)
            }
            // This is the event loop's thread, so the option is set before the close.
            _ = options.setSoLinger(linger(l_onoff: 1, l_linger: 0))
            // Close below TLS, which would send its closing message and wait for the peer's.
            tls.close(promise: nil)
        }
    }

    /// Why a connection failed, without the call stack in NIO's errors.
    package static func reason(_ error: any Error, _ tls: TLSStatus? = nil) -> OutsideText {
        if let words = tls?.reason(error) { return words }
        return switch error {
        case let error as any OutsideError:
            error.words
        case let error as IOError:
            OutsideText(ours: errorText(error.errnoCode).lowercased())
        case let error as NIOConnectionError:
            if let dns = error.dnsAError ?? error.dnsAAAAError, error.connectionErrors.isEmpty {
                noAddress(dns)
            } else if let last = error.connectionErrors.last {
                reason(last.error)
            } else {
                "cannot connect"
            }
        case is SocketAddressError, is SocketAddressError.UnknownHost: noAddress(error)
        case ChannelError.connectTimeout: "no answer to the connection"
        case is ChannelError: "the connection was closed"
        default: "\(theirs: "\(error)", 200)"
        }
    }

    /// The resolver's own words, without the name of the error's type.
    private static func noAddress(_ error: any Error) -> OutsideText {
        let words = (error as? SocketAddressError.UnknownHost)?.errorDescription ?? ""
        return words.isEmpty
            ? "its name has no address" : "its name has no address (\(theirs: words.lowercased(), 80))"
    }
}
