import NIOCore
import NightjarCore
import NightjarJSON
import NightjarWire
import TestSupport

/// A TCP server that sends what a test tells it to, and keeps what it is sent.
actor ScriptedServer {
    private var server: LoopbackServer?
    private var channels: [any Channel] = []
    private var received: [String] = []
    private var answer: (@Sendable (String) -> String?)?
    private(set) var connections = 0

    /// - Parameter answer: what to send in reply to the bytes of one connection so far; nothing when it is `nil`.
    func start(
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

    func stop() async { await server?.stop() }

    /// Closes every connection.
    func drop() { server?.drop() }

    /// Sends to the newest connection.
    func send(_ text: String) { send(bytes: Array(text.utf8)) }

    func send(bytes: [UInt8]) { channels.last?.writeAndFlush(ByteBuffer(bytes: bytes), promise: nil) }

    /// Waits for the n-th line over all connections, counting from 1.
    func line(_ n: Int = 1) async throws -> JSON {
        let line = try await eventually("line \(n)") { received.count >= n ? received[n - 1] : nil }
        return try JSON(parsing: line.utf8)
    }

    var lines: [String] { received }

    /// Answers the login that is the n-th line.
    func acceptLogin(_ n: Int = 1, id: String = "1", extensions: String = "[]", job: String = "null") async throws {
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

/// A job as a pool writes it, with one member changed or taken away.
func jobText(
    id: String = "\"J1\"", blob: String = sampleBlob, target: String = "\"b88d0600\"", changing: [String: String?] = [:]
) -> String {
    var members = [
        "job_id": id, "blob": "\"\(blob)\"", "target": target, "height": "3000000",
        "seed_hash": "\"\(String(repeating: "5a", count: 32))\"", "algo": "\"rx/0\"",
    ]
    for (name, value) in changing { members[name] = value }
    return "{" + members.sorted { $0.key < $1.key }.map { "\"\($0.key)\":\($0.value)" }.joined(separator: ",") + "}"
}

/// A blob of 76 bytes: versions 16 and 16, a timestamp of five bytes, nonce zero at 39.
let sampleBlob = blobText()

func blobText(major: String = "10", timestamp: String = "ebc285d806", nonce: String = "00000000", tail: Int = 33)
    -> String
{
    major + "10" + timestamp + String(repeating: "41", count: 32) + nonce + String(repeating: "6c", count: tail)
}
