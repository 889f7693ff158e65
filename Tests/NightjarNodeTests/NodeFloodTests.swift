import NIOCore
import NightjarNode
import NightjarPlatform
import NightjarWire
import Synchronization
import TestSupport
import Testing

/// Nodes and publishers of notices that send without end.
@Suite(.timeLimit(.minutes(5))) struct NodeFloodTests {
    private let time = FakeTime()

    /// A node whose chain grows with each answer.
    private final class Node: Sendable {
        private struct State {
            var height = 5
            var polls = 0
            var templates = 0
        }

        private let state = Locked(State())
        private let spoilsTemplates: Bool

        /// - Parameter spoilsTemplates: all templates but the first are bad, each for another reason than the one
        ///   before it.
        init(spoilsTemplates: Bool = false) { self.spoilsTemplates = spoilsTemplates }

        var polls: Int { state.withLock { $0.polls } }
        var templates: Int { state.withLock { $0.templates } }

        func start() async throws -> LoopbackServer {
            try await LoopbackServer.start(port: 0) { channel, received in
                var text = ""
                for await buffer in received {
                    text += String(buffer: buffer)
                    // A request is whole when its body is: all of them end with the object's brace.
                    guard text.hasSuffix("}") else { continue }
                    try? await channel.writeAndFlush(ByteBuffer(string: self.answer(text)))
                    text = ""
                }
            }
        }

        private func answer(_ request: String) -> String {
            state.withLock { state in
                state.height += 1
                guard request.contains("get_block_template") else {
                    state.polls += 1
                    return OddNodesTests.http("{\"height\":\(state.height),\"status\":\"OK\"}")
                }
                state.templates += 1
                var changes: [String: String?] = ["height": "\(state.height)"]
                if spoilsTemplates, state.templates > 1 {
                    changes[state.templates.isMultiple(of: 2) ? "seed_hash" : "wide_difficulty"] = "\"5\""
                }
                return OddNodesTests.http("{\"result\":\(OddNodesTests.template(changes))}")
            }
        }
    }

    private final class Counter: Sendable {
        private let number = Locked(0)

        var value: Int { number.withLock { $0 } }

        /// - Returns: the new value.
        @discardableResult func add() -> Int {
            number.withLock { number in
                number += 1
                return number
            }
        }
    }

    /// A publisher that sends `flood` again and again after its part of the greeting. It reads one piece at most.
    private func publisher(_ flood: [UInt8], sent: Counter = Counter()) async throws -> LoopbackServer {
        try await LoopbackServer.start(port: 0) { channel, _ in
            let hello = ZMTP.greeting + ZMTP.ready(socketType: "PUB").bytes
            do {
                try await channel.writeAndFlush(ByteBuffer(bytes: hello)).get()
                while !Task.isCancelled {
                    try await channel.writeAndFlush(ByteBuffer(bytes: flood)).get()
                    sent.add()
                }
            } catch {
                // The client has closed the connection.
            }
        }
    }

    private func client(
        _ node: LoopbackServer, notices: LoopbackServer, _ change: (inout UpstreamOptions) -> Void = { _ in }
    ) throws -> NodeClient {
        // Without notices there is one poll: at the end of an hour.
        var options = UpstreamOptions(pollInterval: .seconds(3600), backoff: time.backoff)
        change(&options)
        let url = try PoolURL("daemon+http://127.0.0.1:\(node.port)")
        let zmq = try PoolURL("127.0.0.1:\(notices.port)")
        return try NodeClient(PoolSettings(url: url, user: "w", zmq: zmq), options: options)
    }

    private static let notice = ZMTP.Frame(body: Array("json-minimal-chain_main:{}".utf8)).bytes

    /// Counted in a time that the test lets pass: however fast the notices come, there are as many polls as quarters
    /// of a second.
    @Test(arguments: [false, true])
    func aFloodOfNoticesIsAFewPollsAndLines(_ spoilsTemplates: Bool) async throws {
        let node = Node(spoilsTemplates: spoilsTemplates)
        let nodeServer = try await node.start()
        let sent = Counter()
        let notices = try await publisher(Self.notice, sent: sent)
        let clock = Locked(Duration.seconds(100))
        let log = EventLog(
            running: try client(nodeServer, notices: notices) {
                $0.clocks = {
                    let now = clock.withLock { $0 }
                    return ClockReading(monotonic: now, boot: now, real: now)
                }
            })
        _ = try await log.job()
        for step in 1...8 {
            let before = sent.value
            clock.withLock { $0 += .milliseconds(250) }
            try await eventually("poll \(step) and its template") { node.polls >= step && node.templates > step }
            try await eventually("more notices") { sent.value > before + 100 }
            #expect(node.polls == step)
        }
        // Two seconds have passed.
        if spoilsTemplates {
            #expect(log.jobs.count == 1 && (1...3).contains(log.refusals.count), "\(log.refusals)")
        } else {
            #expect(log.jobs.count <= 9 && log.refusals.isEmpty, "\(log.refusals)")
        }
        #expect(log.disconnections.isEmpty)
        await log.stop()
        await notices.stop()
        await nodeServer.stop()
    }

    /// One bad template that stays is said once.
    @Test func theSameRefusalIsSaidOnce() async throws {
        let server = ScriptedServer()
        let asked = Counter()
        let url = try await server.start(answer: { text in
            guard text.hasSuffix("}") else { return nil }
            guard text.contains("get_block_template") else {
                return OddNodesTests.http("{\"height\":9,\"status\":\"OK\"}")
            }
            return OddNodesTests.http(
                "{\"result\":\(OddNodesTests.template(asked.add() == 1 ? [:] : ["seed_hash": "\"5a\""]))}")
        })
        // The clock jumps far ahead with each look, so that no limit holds a line back.
        let clock = Locked(Duration.zero)
        var options = UpstreamOptions(pollInterval: .milliseconds(1), backoff: time.backoff)
        options.clocks = {
            let now = clock.withLock { now in
                now += .seconds(10)
                return now
            }
            return ClockReading(monotonic: now, boot: now, real: now)
        }
        let node = try PoolURL("daemon+http://\(url.authority)")
        let log = EventLog(running: try NodeClient(url: node, wallet: "w", options: options))
        try await eventually("twenty bad templates") { asked.value > 20 }
        #expect(log.refusals == ["block template: seed_hash is not 64 hex digits"])
        await log.stop()
        await server.stop()
    }

    /// After these bytes the node sends more, without end. Each may be all that the client is told of.
    @Test(arguments: [
        "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}HTTP/1.1 200", "HTTP/1.1 200 ",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;", "HTTP/1.1 200 OK\r\nX: ",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX: ",
    ])
    func aNodeThatSendsWithoutEndLosesTheConnection(_ start: String) async throws {
        let (closed, survived) = (Counter(), Counter())
        let server = try await LoopbackServer.start(port: 0) { channel, received in
            var incoming = received.makeAsyncIterator()
            guard await incoming.next() != nil else { return }
            do {
                try await channel.writeAndFlush(ByteBuffer(string: start)).get()
                // 8 MiB may be an answer's, and as many are in the kernel's buffers.
                for _ in 0..<1000 {
                    try await channel.writeAndFlush(ByteBuffer(repeating: 0x41, count: 1 << 16)).get()
                }
                survived.add()
            } catch { closed.add() }
        }
        var options = UpstreamOptions(requestDeadline: .seconds(3600), backoff: time.backoff)
        options.pollInterval = .seconds(3600)
        let node = try PoolURL("daemon+http://127.0.0.1:\(server.port)")
        let log = EventLog(running: try NodeClient(url: node, wallet: "w", options: options))
        try await eventually("the connection's end") { closed.value + survived.value > 0 }
        #expect(survived.value == 0)
        await log.stop()
        await server.stop()
    }

    @Test func aSecondREADYEndsTheConnection() async throws {
        let nodeServer = try await Node().start()
        let notices = try await publisher(ZMTP.ready(socketType: "PUB").bytes)
        let log = EventLog(running: try client(nodeServer, notices: notices))
        #expect(try await log.refusal().contains("it sent READY twice"))
        await log.stop()
        await notices.stop()
        await nodeServer.stop()
    }

    /// The answers wait for their reader, and no answer is made meanwhile.
    @Test func aPeerThatReadsNoAnswerLosesTheConnection() async throws {
        let nodeServer = try await Node().start()
        let ping = ZMTP.Frame(
            isCommand: true, body: [4] + Array("PING".utf8) + [0, 0] + Array(repeating: 7, count: 16))
        let notices = try await publisher(Array(repeatElement(ping.bytes, count: 1000).joined()))
        let log = EventLog(running: try client(nodeServer, notices: notices) { $0.requestDeadline = .seconds(1) })
        #expect(try await log.refusal().contains("it does not read what it is sent"))
        await log.stop()
        await notices.stop()
        await nodeServer.stop()
    }
}
