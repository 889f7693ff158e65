import HummingbirdCore
import Logging
import NIOCore
import NIOPosix
import NightjarWire

/// A TCP listener with Hummingbird's HTTP on each connection, one task for each.
///
/// It is not Hummingbird's `Server`, for two reasons. That server passes connections through a sequence; a connection
/// that is still in the sequence when the server stops is dropped unopened, which NIO takes for a programmer's error
/// and traps. That server also ends after an error of `accept`, for example when descriptors run out for a moment.
final class Listener: Sendable {
    private let channel: any Channel
    private let connections: OpenConnections

    /// The address on which it really listens.
    var address: SocketAddress? { channel.localAddress }

    /// Starts to listen.
    ///
    /// - Parameter limit: about how many connections there may be at a time. Others wait until one ends.
    static func start(host: String, port: Int, limit: Int, http: HTTP1Channel) async throws -> Listener {
        let connections = OpenConnections()
        // The HTTP server's own log lines are dropped: the miner reports what matters to the user.
        let logger = Logger(label: "nightjar.api") { _ in SwiftLogNoOpLogHandler() }
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.backlog, value: 64)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let limiter = AvailableConnectionsChannelHandler(
                        delegate: MaximumAvailableConnections(limit, logger: logger))
                    try channel.pipeline.syncOperations.addHandler(limiter)
                }
            }
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelInitializer { channel in
                http.setup(channel: channel, logger: logger).map { connection in
                    connections.add(channel) { await http.handle(value: connection, logger: logger) }
                }
            }
            .bind(host: host, port: port).get()
        return Listener(channel, connections)
    }

    private init(_ channel: any Channel, _ connections: OpenConnections) {
        self.channel = channel
        self.connections = connections
    }

    /// Closes the listener and every connection, and waits for their tasks.
    func stop() async {
        try? await channel.close()
        await connections.stop()
    }
}
