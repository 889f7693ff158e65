import Foundation
import NightjarCore
import NightjarJSON
import NightjarNode
import NightjarPlatform
import NightjarWire
import Synchronization
import TestSupport
import Testing

/// The door for text from outside: pools and nodes that repeat the password in every field of every message, and no
/// sink of the miner that has a part of it.
@Suite(.serialized, .timeLimit(.minutes(5))) struct DoorTests {
    private let time = FakeTime()

    /// Options under which everything that is refused is told: a second passes between two looks at the clock.
    private func options(_ change: (inout UpstreamOptions) -> Void = { _ in }) -> UpstreamOptions {
        let seconds = Locked(0)
        var options = UpstreamOptions(backoff: time.backoff)
        options.jobSpacing = .zero
        options.checkInterval = .seconds(3600)
        options.clocks = {
            let now = seconds.withLock { seconds in
                seconds += 2
                return Duration.seconds(seconds)
            }
            return ClockReading(monotonic: now, boot: now, real: now)
        }
        change(&options)
        return options
    }

    private func play(_ pool: DoorPool, shares: Int, covers: Int, _ options: UpstreamOptions) async throws {
        let running = Locked<DoorRun?>(nil)
        let url = try await pool.start { try? await running.withLock { $0 }?.look() }
        let settings = PoolSettings(url: url, user: "u", password: DoorVariants.password)
        let run = try await DoorRun(EveryTry(StratumClient(settings, options: options)), shares: shares)
        running.withLock { $0 = run }
        try await eventually("the last scene, after \(run.lines("text").suffix(3))") {
            run.lines("text").contains { $0.hasPrefix("job the-end:") }
        }
        try await run.check(covers: covers)
        running.withLock { $0 = nil }
        await pool.stop()
    }

    @Test func aMoneroPool() async throws {
        let welcome = DoorMonero.login("{\"id\":\"c\",\"status\":\"OK\",\"job\":\(jobText(id: "\"the-end\""))}")
        let scenes = DoorMonero.scenes()
        let pool = DoorPool(
            scenes, end: DoorPool.Scene(lines: [welcome], shares: .max),
            number: { try JSON(parsing: $0.utf8)["id"]?.text ?? "" },
            accepted: { "{\"id\":\($0),\"result\":{\"status\":\"OK\"}}\n" })
        try await play(pool, shares: DoorMonero.sharesOfAJob, covers: 3500, options())
        // A job's name went back as it came.
        let names = Set(try DoorMonero.jobNames().map { try JSON(parsing: $0.utf8) }.map { $0.text })
        let sent = try pool.requests.map { try JSON(parsing: $0.utf8) }.compactMap { $0["params"]?["job_id"]?.text }
        #expect(sent.count > 1000)
        #expect(sent.allSatisfy { names.contains($0) || $0 == "\"the-end\"" })
    }

    @Test func aBitcoinPool() async throws {
        struct NoShare: Error {}
        let pool = DoorPool(
            DoorBitcoin.scenes(),
            end: DoorPool.Scene(lines: [bitcoinWelcome() + notify(id: "\"the-end\"")], shares: .max),
            logins: DoorBitcoin.logins,
            number: { line in
                let message = try JSON(parsing: line.utf8)
                guard message["method"] == .string("mining.submit"), let id = message["id"] else { throw NoShare() }
                return id.text
            }, accepted: { "{\"id\":\($0),\"result\":true,\"error\":null}\n" })
        try await play(
            pool, shares: DoorBitcoin.sharesOfAJob, covers: 3000,
            options {
                $0.algorithms = [.sha256d]
                $0.algorithm = .sha256d
            })
        // A job's name went back as it came.
        let names = Set(try DoorBitcoin.jobNames().map { try JSON(parsing: $0.utf8) }.map { $0.text })
        let sent = try pool.requests.map { try JSON(parsing: $0.utf8) }.compactMap { $0["params"]?.array?[1].text }
        #expect(sent.count > 1000)
        #expect(sent.allSatisfy { names.contains($0) || $0 == "\"the-end\"" })
    }

    @Test func aNode() async throws {
        let node = DoorNode()
        let (server, publisher) = (try await node.start(), try await node.startPublisher())
        let settings = PoolSettings(
            url: try PoolURL("daemon+http://127.0.0.1:\(server.port)"), user: "wallet",
            password: "rpcuser:\(DoorVariants.password)", zmq: try PoolURL("127.0.0.1:\(publisher.port)"))
        let options = options {
            $0.backoff.stable = .zero
            // The clock has gone on for two seconds at the next look, so that 3 ms are left to wait.
            $0.pollInterval = .milliseconds(2003)
        }
        let run = try await DoorRun(EveryTry(NodeClient(settings, options: options)), shares: 1)
        try await eventually(every: .milliseconds(50), "all answers, after \(node.left)") {
            try await run.look()
            return node.left.count == 0
        }
        let last = node.left.height + 3
        try await eventually("a job at \(last)") { run.lines("text").contains { $0.contains(", height \(last),") } }
        try await run.check(covers: 500)
        let text = run.lines("text")
        for words in ["ZMQ at", "it says: ", "the main chain has block", "refuses the login", "not on the main chain"] {
            #expect(text.contains { $0.contains(words) }, "\(words)")
        }
        await server.stop()
        await publisher.stop()
    }
}
