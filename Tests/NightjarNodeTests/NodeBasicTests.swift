import NIOCore
import NightjarCore
import NightjarNode
import NightjarPlatform
import NightjarWire
import TestSupport
import Testing

/// A node behind a web server that asks for a login in plain text (HTTP Basic).
@Suite(.timeLimit(.minutes(5))) struct NodeBasicTests {
    private let time = FakeTime()
    private static let login = BasicAuthorization.value("me:secret word")

    /// A server that asks for `challenges`, and takes the login.
    private func server(
        _ challenges: [String], seen: Monitor<[String]>
    ) async throws -> LoopbackServer {
        try await LoopbackServer.start(port: 0) { channel, received in
            var text = ""
            for await buffer in received {
                text += String(buffer: buffer)
                guard text.hasSuffix("}") else { continue }
                let written = text.split(separator: "\r\n").first { $0.lowercased().hasPrefix("authorization: ") }
                seen.withLock { $0.append(written.map { String($0.dropFirst("authorization: ".count)) } ?? "none") }
                let headers = challenges.map { "WWW-Authenticate: \($0)\r\n" }.joined()
                let isIn = seen.withLock { $0.last != "none" }
                let body =
                    text.contains("get_block_template")
                    ? "{\"result\":\(OddNodesTests.template())}" : "{\"height\":5,\"status\":\"OK\"}"
                let answer =
                    isIn
                    ? OddNodesTests.http(body)
                    : OddNodesTests.http("", status: "401 Unauthorized", headers: headers)
                try? await channel.writeAndFlush(ByteBuffer(string: answer))
                text = ""
            }
        }
    }

    private func log(_ host: String, _ port: Int, _ change: (inout UpstreamOptions) -> Void = { _ in }) throws
        -> EventLog
    {
        var options = UpstreamOptions(pollInterval: .milliseconds(1), backoff: time.backoff)
        change(&options)
        let url = try PoolURL("daemon+http://\(host):\(port)")
        return EventLog(
            running: try NodeClient(PoolSettings(url: url, user: "w", password: "me:secret word"), options: options))
    }

    @Test(arguments: [
        ["Basic realm=\"node\""], ["basic realm=\"x\", charset=\"UTF-8\""],
        ["Bearer realm=\"a\"", "Basic realm=\"b\""],
        ["Negotiate, Basic realm=\"c\""],
    ]) func itIsSentWithinThisMachine(_ challenges: [String]) async throws {
        let seen = Monitor<[String]>([])
        let server = try await server(challenges, seen: seen)
        let log = try log("127.0.0.1", server.port)
        _ = try await log.job()
        await log.stop()
        await server.stop()
        // Not before it was asked for.
        #expect(seen.withLock { Array($0.prefix(2)) } == ["none", Self.login])
    }

    @Test func digestComesFirst() async throws {
        let seen = Monitor<[String]>([])
        let server = try await server(
            ["Basic realm=\"a\"", "Digest realm=\"b\", nonce=\"c\", qop=\"auth\""], seen: seen)
        let log = try log("localhost", server.port)
        _ = try await log.job()
        await log.stop()
        await server.stop()
        #expect(seen.withLock { $0 }.allSatisfy { $0 == "none" || $0.hasPrefix("Digest ") })
    }

    /// The name stands for another machine: the connection is not encrypted, and the login stays here.
    @Test func itIsNotSentInTheClear() async throws {
        let seen = Monitor<[String]>([])
        let server = try await server(["Basic realm=\"node\""], seen: seen)
        let hosts = ["node.example.org", "127.0.0.1"]
        let socks = SOCKSServer(names: Dictionary(uniqueKeysWithValues: hosts.map { ($0, server.port) }))
        let proxy = try SOCKSProxy("socks5://127.0.0.1:\(await socks.start())")
        for host in hosts {
            let log = try log(host, server.port) { $0.proxy = proxy }
            let words = try await log.disconnection()
            #expect(words.contains("(HTTP Basic), and the connection is not encrypted: it was not sent"), "\(words)")
            await log.stop()
        }
        await socks.stop()
        await server.stop()
        #expect(seen.withLock { !$0.isEmpty && $0.allSatisfy { $0 == "none" } })
    }

    @Test(arguments: [
        ("Digest realm=\"Basic x\", nonce=\"1\"", false), ("Basic", true), ("BASIC realm=a", true), ("", false),
        ("Digest realm=\"a\", Basic realm=\"b\"", true), ("Basics realm=\"a\"", false),
    ]) func challengesAreRead(_ text: String, _ isAsked: Bool) {
        #expect(BasicAuthorization.isAsked(in: [text]) == isAsked)
    }

    @Test(arguments: [
        ("localhost", true), ("LOCALHOST", true), ("127.0.0.1", true), ("127.9.9.9", true), ("[::1]", true),
        ("128.0.0.1", false), ("localhost.example.org", false), ("[::2]", false), ("10.0.0.1", false),
        ("[::ffff:127.0.0.1]", false),
    ]) func thisMachineIsKnown(_ host: String, _ isLoopback: Bool) throws {
        #expect(try PoolURL("\(host):1").isLoopback == isLoopback)
    }
}
