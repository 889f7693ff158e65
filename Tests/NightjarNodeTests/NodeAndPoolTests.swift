import NightjarCore
import NightjarNode
import NightjarPlatform
import NightjarWire
import Synchronization
import TestSupport
import Testing

/// A Bitcoin node and a Bitcoin pool in one list: each takes over from the other, and gets the shares for its own jobs.
@Suite(.timeLimit(.minutes(5))) struct NodeAndPoolTests {
    private let time = FakeTime()

    /// A node of a regtest chain, which can go away and come back.
    private final class Node: Sendable {
        private let server = Locked(ScriptedServer())
        private let offered = Locked(0)
        private let port = Locked(0)

        /// The blocks that it was handed.
        var blocks: Int { offered.withLock { $0 } }
        var url: PoolURL { get throws { try PoolURL("daemon+http://127.0.0.1:\(port.withLock { $0 })") } }

        func start() async throws {
            let server = ScriptedServer()
            let answered = try await server.start(port: port.withLock { $0 }) { request in
                guard request.hasSuffix("}") else { return nil }
                let method = BitcoinOddNodesTests.method(request)
                if method == "submitblock" { self.offered.withLock { $0 += 1 } }
                return BitcoinOddNodesTests.good[method].map(BitcoinOddNodesTests.result)
            }
            self.server.withLock { $0 = server }
            port.withLock { $0 = answered.port }
        }

        func stop() async { await server.withLock { $0 }.stop() }
    }

    private func pool() throws -> SandboxPool {
        SandboxPool(
            SandboxConfiguration(
                algorithms: [.sha256d], jobInterval: .seconds(3600), startDifficulty: try #require(Difficulty(4)),
                shareInterval: nil), prove: headerProof)
    }

    private func group(_ urls: [PoolURL]) throws -> PoolGroup {
        var options = UpstreamOptions(
            algorithms: [.sha256d], algorithm: .sha256d, pollInterval: .milliseconds(5), backoff: time.backoff,
            returning: FakeTime().backoff)
        options.farewell = .seconds(60)
        let settings = urls.map { url in
            PoolSettings(
                url: url, user: "bcrt1qzyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3lgth6c", password: "u:hidden",
                algorithm: .sha256d)
        }
        return try PoolGroup(pools: settings, options: options)
    }

    /// The next job of a node or of a pool, which are at other heights.
    private func job(_ height: UInt64, after count: Int, in log: EventLog) async throws -> UpstreamJob {
        try await eventually("a job of height \(height) after \(count)") {
            log.jobs.dropFirst(count).first { $0.height == height }
        }
    }

    private static let (ofNode, ofPool): (UInt64, UInt64) = (1, 3_000_000)

    @Test func aPoolTakesOverFromANodeAndBack() async throws {
        let (node, pool) = (Node(), try pool())
        try await node.start()
        let url = try PoolURL("127.0.0.1:\(await pool.start())")
        let group = try group([node.url, url])
        let log = EventLog(running: group)
        let solo = try await job(Self.ofNode, after: 0, in: log)
        #expect(await group.submit(try mined(solo)) == .accepted)
        #expect(node.blocks == 1)

        await node.stop()
        let news = try await job(Self.ofPool, after: 0, in: log)
        #expect(group.name == url.authority)
        #expect(await group.submit(try mined(news)) == .accepted)
        // What was found for the node goes to no pool.
        #expect(await group.submit(try mined(solo, skipping: 100)) == .expired(reason: "not connected"))

        let before = log.jobs.count
        try await node.start()
        let home = try await job(Self.ofNode, after: before, in: log)
        #expect(group.name == (try node.url.authority))
        #expect(await group.submit(try mined(home)) == .accepted)
        // The pool still answers for its own job.
        #expect(await group.submit(try mined(news, skipping: 100)) == .accepted)
        #expect(await pool.stats.accepted == 2)
        #expect(await pool.stats.submitted == 2)
        #expect(node.blocks == 2 && log.disconnections.count == 1 && log.unusable.isEmpty)
        await log.stop()
        await node.stop()
        await pool.stop()
    }

    @Test func aNodeTakesOverFromAPoolAndBack() async throws {
        let (node, pool) = (Node(), try pool())
        try await node.start()
        let port = try await pool.start()
        let url = try PoolURL("127.0.0.1:\(port)")
        let group = try group([url, node.url])
        let log = EventLog(running: group)
        let first = try await job(Self.ofPool, after: 0, in: log)
        #expect(await group.submit(try mined(first)) == .accepted)

        await pool.stop()
        let solo = try await job(Self.ofNode, after: 0, in: log)
        #expect(group.name == (try node.url.authority))
        #expect(await group.submit(try mined(solo)) == .accepted)
        #expect(await group.submit(try mined(first, skipping: 100)) == .expired(reason: "not connected"))
        #expect(node.blocks == 1)

        let before = log.jobs.count
        try await pool.start(port: port)
        let home = try await job(Self.ofPool, after: before, in: log)
        #expect(group.name == url.authority)
        #expect(await group.submit(try mined(home)) == .accepted)
        // The node still takes blocks for its own template: this one is for a height that has one.
        guard case .stale = await group.submit(try mined(solo, skipping: 100)) else {
            return #expect(Bool(false), "a second block of one height")
        }
        #expect(await pool.stats.accepted == 2)
        #expect(await pool.stats.submitted == 2)
        #expect(node.blocks == 1 && log.disconnections.count == 1 && log.unusable.isEmpty)
        await log.stop()
        await node.stop()
        await pool.stop()
    }

    /// The node's login is wrong: said once, and the pool mines.
    @Test(arguments: [true, false]) func aNodeWithAWrongLoginIsSkipped(_ isFirst: Bool) async throws {
        let server = ScriptedServer()
        let refusal = OddNodesTests.http("", status: "401 Unauthorized")
        let at = try await server.start(answer: { $0.hasSuffix("}") ? refusal : nil })
        let node = try PoolURL("daemon+http://\(at.authority)")
        let pool = try pool()
        let port = try await pool.start()
        if !isFirst { await pool.stop() }
        let url = try PoolURL("127.0.0.1:\(port)")
        let log = EventLog(running: try group(isFirst ? [node, url] : [url, node]))
        if !isFirst {
            try await eventually("the node's refusal") { log.unusable.count == 1 }
            try await pool.start(port: port)
        }
        _ = try await job(Self.ofPool, after: 0, in: log)
        #expect(log.unusable == ["\(node.authority): the node refuses the login that was given after -p"])
        // A refusal takes one request, and one try it is.
        #expect(await server.connections == 1)
        #expect(log.disconnections.count == (isFirst ? 0 : 1))
        await log.stop()
        await server.stop()
        await pool.stop()
    }
}
