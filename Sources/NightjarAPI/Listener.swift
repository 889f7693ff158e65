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
    let http: APIChannel
    private let connections: OpenConnections

    /// Bytes of answers that wait in the kernel, for each connection. The kernel takes twice as much memory.
    private static let sendBuffer = 128 << 10
    /// The same for requests.
    private static let receiveBuffer = 16 << 10

    /// The address on which it really listens.
    var address: SocketAddress? { channel.localAddress }

    /// Starts to listen. Which connections may stay open is up to the ``ConnectionTable``.
    static func start(host: String, port: Int, http: APIChannel) async throws -> Listener {
        let connections = OpenConnections()
        // The HTTP server's own log lines are dropped: the miner reports what matters to the user.
        let logger = Logger(label: "nightjar.api") { _ in SwiftLogNoOpLogHandler() }
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            // Connections are accepted as they come. This is room for a burst of more than are ever open.
            .serverChannelOption(.backlog, value: 256)
            .serverChannelOption(.maxMessagesPerRead, value: 1)
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(AcceptGate(places: http.connections.places))
                }
            }
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            // Each connection has these from its beginning. Without them the kernel gives a connection megabytes.
            .serverChannelOption(.socketOption(.so_sndbuf), value: Self.sendBuffer)
            .serverChannelOption(.socketOption(.so_rcvbuf), value: Self.receiveBuffer)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            // One small piece at a time: a request of 26 bytes takes a kilobyte of memory until it is answered.
            .childChannelOption(.maxMessagesPerRead, value: 1)
            .childChannelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: 4 << 10))
            .childChannelInitializer { channel in
                http.setup(channel: channel, logger: logger).map { connection in
                    connections.add(channel) { await http.handle(value: connection, logger: logger) }
                }
            }
            .bind(host: host, port: port).get()
        return Listener(channel, http, connections)
    }

    private init(_ channel: any Channel, _ http: APIChannel, _ connections: OpenConnections) {
        self.channel = channel
        self.http = http
        self.connections = connections
    }

    /// Closes the listener and every connection, and waits for their tasks.
    func stop() async {
        try? await channel.close()
        await connections.stop()
    }
}
