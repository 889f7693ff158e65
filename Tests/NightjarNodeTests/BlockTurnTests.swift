import NightjarCore
import NightjarNode
import NightjarPlatform
import NightjarWire
import Synchronization
import TestSupport
import Testing

/// A node gets one block at a time, however many shares there are: each block on its way takes megabytes.
@Suite(.timeLimit(.minutes(5))) struct BlockTurnTests {
    private let time = FakeTime()

    /// - Parameter answers: whether the node answers once it is handed a block.
    private func client(answers: Bool, offers: Counter) async throws -> (NodeClient, ScriptedServer) {
        let server = ScriptedServer()
        let url = try await server.start { request in
            guard request.hasSuffix("}") else { return nil }
            let method = BitcoinOddNodesTests.method(request)
            if method == "submitblock" { offers.add() }
            // It says nothing about the block either: a client that has lost the answer asks where the block is.
            if !answers, offers.value > 0 { return nil }
            return BitcoinOddNodesTests.good[method].map(BitcoinOddNodesTests.result)
        }
        let settings = PoolSettings(
            url: try PoolURL("daemon+http://\(url.authority)"), user: "bcrt1qzyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3lgth6c",
            password: "u:hidden", algorithm: .sha256d)
        let options = UpstreamOptions(pollInterval: .milliseconds(5), backoff: time.backoff)
        return (try NodeClient(settings, options: options), server)
    }

    private final class Counter: Sendable {
        private let number = Locked(0)
        var value: Int { number.withLock { $0 } }
        func add() { number.withLock { $0 += 1 } }
    }

    private func expectExpired(_ outcome: ShareOutcome) {
        guard case .expired = outcome else {
            Issue.record("not expired: \(outcome)")
            return
        }
    }

    private func shares(_ job: UpstreamJob) throws -> [Share] { try (0..<16).map { try mined(job, skipping: $0 * 4) } }

    /// A node that stays silent over a block: the other shares are not sent, and end with their tasks.
    @Test func theOthersWaitAsShares() async throws {
        let offers = Counter()
        let (client, server) = try await client(answers: false, offers: offers)
        let log = EventLog(running: client)
        let shares = try shares(try await log.job())
        let first = Task { await client.submit(shares[0]) }
        try await eventually("a block on its way") { offers.value > 0 }
        let others = shares.dropFirst().map { share in Task { await client.submit(share) } }
        for task in others { task.cancel() }
        // The first one ends last: at its end the next one would be sent.
        for task in others { expectExpired(await task.value) }
        #expect(offers.value == 1)
        first.cancel()
        expectExpired(await first.value)
        #expect(offers.value == 1)
        await log.stop()
        await server.stop()
    }

    /// Before a block is made, the client looks whether the one before it was taken.
    @Test func theFirstThatIsTakenEndsTheOthers() async throws {
        let offers = Counter()
        let (client, server) = try await client(answers: true, offers: offers)
        let log = EventLog(running: client)
        let tasks = try shares(try await log.job()).map { share in Task { await client.submit(share) } }
        var outcomes: [ShareOutcome] = []
        for task in tasks { outcomes.append(await task.value) }
        #expect(outcomes.count { $0 == .accepted } == 1)
        #expect(
            outcomes.count { $0 == .stale(reason: "height 1 has a block of this miner's already") } == 15,
            "\(outcomes)")
        #expect(offers.value == 1)
        await log.stop()
        await server.stop()
    }

    /// A share that has waited for as long as a request may take ends, and the next ones go on.
    @Test func aWaitEndsInTime() async throws {
        let turnstile = Turnstile()
        #expect(await turnstile.enter(within: .seconds(60)))
        #expect(await !turnstile.enter(within: .milliseconds(1)))
        let next = Task { await turnstile.enter(within: .seconds(600)) }
        turnstile.leave()
        #expect(await next.value)
        let cancelled = Task { await turnstile.enter(within: .seconds(600)) }
        cancelled.cancel()
        #expect(await !cancelled.value)
        turnstile.leave()
        #expect(await turnstile.enter(within: .seconds(60)))
    }
}
