import Glibc
import NIOCore
import NIOPosix
import NIOSSL

/// How every outgoing connection is made.
package enum Connecting {
    /// A bootstrap with a connect timeout and TCP keepalive, so that a half-open connection is noticed: after a minute
    /// of silence, four probes ten seconds apart.
    ///
    /// Connecting by name tries all the addresses that DNS has for it (RFC 8305).
    package static func bootstrap(_ options: UpstreamOptions) -> ClientBootstrap {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let bootstrap = ClientBootstrap(group: loop)
            .resolver(options.resolver?(loop))
            .connectTimeout(TimeAmount(options.connectTimeout))
            .channelOption(.socketOption(.so_keepalive), value: 1)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
        return
            bootstrap
            .channelOption(.tcpOption(.init(rawValue: CInt(TCP_KEEPIDLE))), value: 60)
            .channelOption(.tcpOption(.init(rawValue: CInt(TCP_KEEPINTVL))), value: 10)
            .channelOption(.tcpOption(.init(rawValue: CInt(TCP_KEEPCNT))), value: 4)
    }

    /// Runs `operation`, but stops waiting for it when the task is cancelled: connecting cannot be cancelled itself.
    ///
    /// - Parameter discard: gets a result that nobody waits for any more.
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

    /// Ends a connection whose answer is complete.
    ///
    /// One over TLS is reset: monerod keeps those that end in order, in CLOSE_WAIT, until there are 25 of them, and
    /// then takes no more.
    package static func hangUp(_ channel: any Channel) {
        channel.eventLoop.execute {
            let tls = try? channel.pipeline.syncOperations.context(handlerType: NIOSSLClientHandler.self)
            guard let tls, let options = channel as? any SocketOptionProvider else {
                return channel.close(promise: nil)
            }
            // On the event loop itself: done by the time of the close.
            _ = options.setSoLinger(linger(l_onoff: 1, l_linger: 0))
            // From below TLS, which would say goodbye and wait for the same.
            tls.close(promise: nil)
        }
    }

    /// A connection's failure in words: one line, without the call stack that NIO's errors carry.
    package static func reason(_ error: any Error, _ tls: TLSStatus? = nil) -> String {
        if let words = tls?.reason(error) { return words }
        return switch error {
        case let error as IOError:
            String(cString: strerror(error.errnoCode)).lowercased()
        case let error as NIOConnectionError:
            if let dns = error.dnsAError ?? error.dnsAAAAError, error.connectionErrors.isEmpty {
                "its name has no address (\(printable("\(dns)").prefix(80)))"
            } else if let last = error.connectionErrors.last {
                reason(last.error)
            } else {
                "cannot connect"
            }
        case ChannelError.connectTimeout: "no answer to the connection"
        case let error as WireFault: error.description
        default: String(printable("\(error)").prefix(200))
        }
    }
}
