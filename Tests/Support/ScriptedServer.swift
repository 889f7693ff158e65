import NIOCore
import NightjarCore
import NightjarJSON
import NightjarWire

/// A TCP server that sends what a test tells it to, and keeps what it is sent.
package actor ScriptedServer {
    private var server: LoopbackServer?
    private var channels: [any Channel] = []
    private var received: [String] = []
    private var answer: (@Sendable (String) -> String?)?
    package private(set) var connections = 0

    package init() {}

    /// - Parameter answer: what to send in reply to the bytes of one connection so far; nothing when it is `nil`.
    package func start(
        port: Int = 0, answer: (@Sendable (String) -> String?)? = nil,
        secure: (@Sendable (any Channel) throws -> Void)? = nil
    ) async throws -> PoolURL {
        self.answer = answer
        let server = try await LoopbackServer.start(port: port, secure: secure) { channel, received in
            await self.serve(channel, received)
        }
        self.server = server
        return try PoolURL("127.0.0.1:\(server.port)")
    }

    package func stop() async { await server?.stop() }

    /// Closes every connection.
    package func drop() { server?.drop() }

    /// Sends to the newest connection.
    package func send(_ text: String) { send(bytes: Array(text.utf8)) }

    package func send(bytes: [UInt8]) { channels.last?.writeAndFlush(ByteBuffer(bytes: bytes), promise: nil) }

    /// Waits for the n-th line over all connections, counting from 1.
    package func line(_ n: Int = 1) async throws -> JSON {
        let line = try await eventually("line \(n)") { received.count >= n ? received[n - 1] : nil }
        return try JSON(parsing: line.utf8)
    }

    package var lines: [String] { received }

    /// Answers the login that is the n-th line.
    package func acceptLogin(_ n: Int = 1, id: String = "1", extensions: String = "[]", job: String = "null")
        async throws
    {
        _ = try await line(n)
        send(
            "{\"id\":\(id),\"error\":null,\"result\":{\"id\":\"c1\",\"status\":\"OK\",\"extensions\":\(extensions),\"job\":\(job)}}\n"
        )
    }

    private func serve(_ channel: any Channel, _ connection: LoopbackServer.Received) async {
        connections += 1
        channels.append(channel)
        var splitter = LineSplitter()
        var text = ""
        for await buffer in connection {
            text += String(buffer: buffer)
            if let reply = answer?(text) {
                text = ""
                channel.writeAndFlush(ByteBuffer(string: reply), promise: nil)
            }
            received += splitter.push(buffer.readableBytesView).map { String(decoding: $0, as: UTF8.self) }
        }
    }
}
