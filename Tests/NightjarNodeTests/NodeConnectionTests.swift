import NIOCore
import NightjarCore
import NightjarNode
import NightjarPlatform
import NightjarWire
import Synchronization
import TestSupport
import Testing

/// The connections on which a node is asked.
@Suite(.timeLimit(.minutes(5))) struct NodeConnectionTests {
    private let time = FakeTime()

    /// A node that always has the same template, told apart by what it does with its connections.
    private final class Node: Sendable {
        let connections = Locked(0)
        /// The bodies and the logins of all requests.
        let requests = Locked<[(body: String, authorization: String?)]>([])
        /// The id of the block that the chain has.
        let block = Locked("")

        func answer(_ request: String, headers: String = "") -> String {
            let body =
                request.contains("get_block_template")
                ? "{\"result\":\(OddNodesTests.template())}"
                : request.contains("get_block_header_by_height")
                    ? "{\"result\":{\"block_header\":{\"hash\":\"\(block.withLock { $0 })\",\"orphan_status\":false},\"status\":\"OK\"}}"
                    : "{\"height\":5,\"status\":\"OK\",\"result\":{\"status\":\"OK\"}}"
            return OddNodesTests.http(body, headers: headers)
        }

        /// - Parameter reply: what to send for a whole request, the how-manieth it is on its connection, and whether to
        ///   keep the connection then.
        func start(_ reply: @escaping @Sendable (Node, String, Int) -> (String?, keeps: Bool)) async throws
            -> LoopbackServer
        {
            try await LoopbackServer.start(port: 0) { channel, received in
                self.connections.withLock { $0 += 1 }
                var (text, count) = ("", 0)
                for await buffer in received {
                    text += String(buffer: buffer)
                    // A request is whole when its body is: all of them end with the object's brace.
                    guard text.hasSuffix("}") else { continue }
                    count += 1
                    let login = text.split(separator: "\r\n").first { $0.hasPrefix("Authorization: ") }
                    self.requests.withLock { [text] in $0.append((text, login.map(String.init))) }
                    let (answer, keeps) = reply(self, text, count)
                    if let answer { try? await channel.writeAndFlush(ByteBuffer(string: answer)) }
                    if !keeps { return }
                    text = ""
                }
            }
        }
    }

    private func client(_ server: LoopbackServer, password: String = "x") throws -> NodeClient {
        let options = UpstreamOptions(pollInterval: .milliseconds(1), templateInterval: .zero, backoff: time.backoff)
        let url = try PoolURL("daemon+http://127.0.0.1:\(server.port)")
        return try NodeClient(PoolSettings(url: url, user: "w", password: password), options: options)
    }

    private func share(_ log: EventLog) async throws -> Share {
        Share(job: try await log.job(3).job, nonce: 7, digest: Digest(), device: .cpu)
    }

    /// The id that the share's block has.
    private func id(_ share: Share) -> String {
        Hex.encode(BlockID.of(hashingBlob: share.work.input(nonce: share.nonce)))
    }

    @Test func polledOnOneConnection() async throws {
        let node = Node()
        let server = try await node.start { node, request, _ in (node.answer(request), true) }
        let log = EventLog(running: try client(server))
        _ = try await log.job(20)
        await log.stop()
        #expect(log.connections == 1 && log.disconnections.isEmpty)
        #expect(node.connections.withLock { $0 } == 1)
        await server.stop()
    }

    /// Whether it says so or not.
    @Test(arguments: ["", "Connection: close\r\n"]) func aNodeThatEndsEachConnection(_ header: String) async throws {
        let node = Node()
        let server = try await node.start { node, request, _ in (node.answer(request, headers: header), false) }
        let log = EventLog(running: try client(server))
        _ = try await log.job(20)
        await log.stop()
        #expect(log.connections == 1 && log.disconnections.isEmpty)
        #expect(node.connections.withLock { $0 } >= 39)
        await server.stop()
    }

    /// Nodes stand behind web servers, which pass on what comes to their path.
    @Test func aNodeBehindAPath() async throws {
        let node = Node()
        let server = try await node.start { node, request, _ in (node.answer(request), true) }
        let url = try PoolURL("daemon+http://127.0.0.1:\(server.port)/monero/")
        let options = UpstreamOptions(pollInterval: .milliseconds(1), templateInterval: .zero, backoff: time.backoff)
        let log = EventLog(running: try NodeClient(PoolSettings(url: url, user: "w"), options: options))
        _ = try await log.job(3)
        await log.stop()
        let requests = node.requests.withLock { $0.map(\.body) }
        #expect(requests.contains { $0.hasPrefix("POST /monero/json_rpc HTTP/1.1\r\n") })
        #expect(requests.allSatisfy { $0.hasPrefix("POST /monero/") })
        await server.stop()
    }

    /// A kept connection that was lost says nothing of the node, a new one does.
    @Test func aNodeThatAnswersNothingMore() async throws {
        let node = Node()
        let server = try await node.start { node, request, count in
            let isDone = node.requests.withLock { $0.count } > 9
            return (isDone ? nil : node.answer(request), !isDone)
        }
        let log = EventLog(running: try client(server))
        #expect(try await log.disconnection().hasSuffix("the connection was closed before the answer's end"))
        await log.stop()
        #expect(log.connections == 1)
        await server.stop()
    }

    /// A block whose answer is lost, is looked for: the node has it, or has it not.
    @Test func aBlockWhoseAnswerIsLost() async throws {
        for isThere in [true, false] {
            let node = Node()
            let server = try await node.start { node, request, _ in
                request.contains("submit_block") ? (nil, false) : (node.answer(request), true)
            }
            let client = try client(server)
            let log = EventLog(running: client)
            let share = try await share(log)
            if isThere { node.block.withLock { $0 = id(share) } }
            let outcome = await client.submit(share)
            if isThere {
                #expect(outcome == .accepted)
                #expect(client.blocks.map(\.id) == [id(share)])
            } else {
                #expect(outcome == .expired(reason: "the connection was closed before the answer's end"))
            }
            // On the kept connection or a new one, and then once more at the most.
            #expect((1...2).contains(node.requests.withLock { $0.count { $0.body.contains("submit_block") } }))
            await log.stop()
            await server.stop()
        }
    }

    /// One challenge is answered with a count that rises, until the server has a new one.
    @Test func aLoginIsCountedOn() async throws {
        let node = Node()
        let server = try await node.start { node, request, count in
            let login = request.split(separator: "\r\n").first { $0.hasPrefix("Authorization: ") }
            let nonce = count <= 7 ? "first" : "second"
            guard login?.contains("nonce=\"\(nonce)\"") == true else {
                let challenge = "WWW-Authenticate: Digest qop=\"auth\",realm=\"r\",nonce=\"\(nonce)\"\r\n"
                return (OddNodesTests.http("", status: "401 Unauthorized", headers: challenge), true)
            }
            return (node.answer(request), true)
        }
        let log = EventLog(running: try client(server, password: "miner:secret"))
        _ = try await log.job(10)
        await log.stop()
        #expect(log.connections == 1 && log.disconnections.isEmpty)
        #expect(node.connections.withLock { $0 } == 1)
        let logins = node.requests.withLock { $0.prefix(12).map(\.authorization) }
        let counts = logins.map { login in
            login.flatMap { $0.firstMatch(of: #/ nonce="(\w+)".* nc=0000000(\d)/#) }.map { "\($0.1) \($0.2)" }
        }
        #expect(
            counts == [
                nil, "first 1", "first 2", "first 3", "first 4", "first 5", "first 6", "first 7", "second 1",
                "second 2",
                "second 3", "second 4",
            ])
        await server.stop()
    }
}
