import NIOCore
import NIOPosix
import Synchronization

/// A TCP server on 127.0.0.1, one task a connection.
///
/// Plain handlers, and not `NIOAsyncChannel`: a connection that is accepted while the server stops would be dropped
/// unopened there, which that type takes for a programmer's error and traps.
package final class LoopbackServer: Sendable {
    private let listener: any Channel
    private let connections: Connections

    /// The port that it listens on.
    package let port: Int

    /// Listens.
    ///
    /// - Parameters:
    ///   - port: 0 takes any free one.
    ///   - secure: puts TLS into a new connection's pipeline.
    ///   - serve: is run for each connection with what it receives; the connection is closed when it returns.
    package static func start(
        port: Int, secure: (@Sendable (any Channel) throws -> Void)? = nil,
        serve: @escaping @Sendable (any Channel, Received) async -> Void
    ) async throws -> LoopbackServer {
        let connections = Connections()
        let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            // A handshake reads for itself.
            .childChannelOption(.autoRead, value: secure != nil)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try secure?(channel)
                    let (stream, continuation) = AsyncStream<ByteBuffer>.makeStream()
                    try channel.pipeline.syncOperations.addHandler(Inlet(continuation))
                    connections.add(channel) { await serve(channel, Received(channel: channel, stream: stream)) }
                }
            }
            .bind(host: "127.0.0.1", port: port).get()
        return LoopbackServer(listener: listener, connections: connections, port: listener.localAddress?.port ?? port)
    }

    private init(listener: any Channel, connections: Connections, port: Int) {
        self.listener = listener
        self.connections = connections
        self.port = port
    }

    /// Closes the listener and every connection, and waits for their tasks.
    package func stop() async {
        try? await listener.close()
        for task in connections.stop() { await task.value }
    }

    /// Closes every connection there is now.
    package func drop() { connections.drop() }

    /// What a connection receives, piece by piece. The next read is made when a piece has been dealt with, so that a
    /// peer that sends faster than it is served has to wait.
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
                // The first read is the handler's: one that is asked for before the channel is active is lost.
                if begun { channel.read() }
                begun = true
                return await iterator.next()
            }
        }

        package func makeAsyncIterator() -> AsyncIterator {
            AsyncIterator(channel: channel, iterator: stream.makeAsyncIterator())
        }
    }

    private final class Connections: Sendable {
        private let state = Mutex(
            (stopping: false, next: 0, open: [Int: (channel: any Channel, task: Task<Void, Never>)]()))

        func add(_ channel: any Channel, serve: @escaping @Sendable () async -> Void) {
            let late = state.withLock { state in
                guard !state.stopping else { return true }
                let number = state.next
                state.next += 1
                // The task removes itself, which waits for this lock: it is always there by then.
                let task = Task {
                    await serve()
                    channel.close(promise: nil)
                    self.state.withLock { _ = $0.open.removeValue(forKey: number) }
                }
                state.open[number] = (channel, task)
                return false
            }
            if late { channel.close(promise: nil) }
        }

        func drop() {
            for connection in state.withLock({ Array($0.open.values) }) { connection.channel.close(promise: nil) }
        }

        func stop() -> [Task<Void, Never>] {
            let tasks = state.withLock { state in
                state.stopping = true
                return state.open.values.map(\.task)
            }
            drop()
            return tasks
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
