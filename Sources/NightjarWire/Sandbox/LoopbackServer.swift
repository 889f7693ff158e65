import NIOCore
import NIOPosix
import NightjarPlatform

/// A TCP server on 127.0.0.1, with one task for each connection.
///
/// It uses plain handlers, not `NIOAsyncChannel`. A connection that is accepted while the server stops is dropped
/// before it is opened; `NIOAsyncChannel` takes that for a programmer's error and traps.
package final class LoopbackServer: Sendable {
    /// Any user of this machine can connect. More connections than this are closed at once.
    private static let mostConnections = 64

    private let listener: any Channel
    private let connections: OpenConnections

    /// The port on which it listens.
    package let port: Int

    /// Starts to listen.
    ///
    /// - Parameters:
    ///   - port: 0 takes any free one.
    ///   - secure: puts TLS into a new connection's pipeline.
    ///   - serve: runs for each connection, with the bytes that the connection receives. The connection is closed when
    ///     it returns.
    package static func start(
        port: Int, secure: (@Sendable (any Channel) throws -> Void)? = nil,
        serve: @escaping @Sendable (any Channel, Received) async -> Void
    ) async throws -> LoopbackServer {
        let connections = OpenConnections()
        let group = EventLoops.begin()
        let places = max(2, min(mostConnections, OpenFileLimit.room / 5))
        let listener = try await ServerBootstrap(group: group)
            .serverChannelOption(.maxMessagesPerRead, value: 1)
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(AcceptGate(places: places))
                }
            }
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            // A TLS handshake needs reads before the handler asks for any.
            .childChannelOption(.autoRead, value: secure != nil)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try secure?(channel)
                    let (stream, continuation) = AsyncStream<ByteBuffer>.makeStream()
                    try channel.pipeline.syncOperations.addHandler(Inlet(continuation))
                    let isOneTooMany = connections.count >= places
                    connections.add(channel) {
                        guard !isOneTooMany else { return }
                        await serve(channel, Received(channel: channel, stream: stream))
                    }
                }
            }
            .bind(host: "127.0.0.1", port: port).get()
        return LoopbackServer(listener: listener, connections: connections, port: listener.localAddress?.port ?? port)
    }

    private init(listener: any Channel, connections: OpenConnections, port: Int) {
        self.listener = listener
        self.connections = connections
        self.port = port
    }

    /// Closes the listener and every connection, and waits for their tasks.
    package func stop() async {
        try? await listener.close()
        await connections.stop()
    }

    /// Closes all present connections.
    package func drop() { connections.drop() }

    /// The bytes that a connection receives, piece by piece. The next piece is read only after the last one was
    /// handled, so that a fast sender must wait.
    package struct Received: AsyncSequence, Sendable {
        fileprivate let channel: any Channel
        fileprivate let stream: AsyncStream<ByteBuffer>

        package struct AsyncIterator: AsyncIteratorProtocol {
            fileprivate let channel: any Channel
            fileprivate var iterator: AsyncStream<ByteBuffer>.AsyncIterator
            private var begun = false

            fileprivate init(channel: any Channel, iterator: AsyncStream<ByteBuffer>.AsyncIterator) {
                self.channel = channel
                self.iterator = iterator
            }

            package mutating func next() async -> ByteBuffer? {
                // The handler makes the first read itself, because a read before the channel is active is lost.
                if begun { channel.read() }
                begun = true
                return await iterator.next()
            }
        }

        package func makeAsyncIterator() -> AsyncIterator {
            AsyncIterator(channel: channel, iterator: stream.makeAsyncIterator())
        }
    }

    private final class Inlet: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer

        private let continuation: AsyncStream<ByteBuffer>.Continuation

        init(_ continuation: AsyncStream<ByteBuffer>.Continuation) { self.continuation = continuation }

        func channelActive(context: ChannelHandlerContext) { context.read() }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) { continuation.yield(unwrapInboundIn(data)) }

        func channelInactive(context: ChannelHandlerContext) { continuation.finish() }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

        func handlerRemoved(context: ChannelHandlerContext) { continuation.finish() }
    }
}
