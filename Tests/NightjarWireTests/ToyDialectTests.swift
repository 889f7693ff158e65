import NightjarCore
import NightjarWire
import TestSupport
import Testing
import Toy

/// A second dialect in the same session and at the same sandbox pool: what is general about both does not know Monero.
@Suite(.timeLimit(.minutes(5))) struct ToyDialectTests {
    private let time = FakeTime()

    private func client(_ url: PoolURL, _ change: (inout UpstreamOptions) -> Void = { _ in }) throws -> StratumClient {
        var options = UpstreamOptions(backoff: time.backoff)
        options.jobSpacing = .zero
        change(&options)
        return try StratumClient(
            PoolSettings(url: url, user: "u", password: "secret"), options: options,
            dialect: ToyDialect(user: "u", algorithm: Toy.algorithm))
    }

    /// Lines in, effects out.
    @Test func difficultyCountsForLaterJobs() {
        var dialect = ToyDialect(user: "u", algorithm: Toy.algorithm)
        #expect(dialect.begin().count == 2)
        func take(_ text: String) -> [DialectEffect] { dialect.take(Array(text.utf8)) }
        #expect(take("ok 2") == [.answer(to: 2, .accepted)])
        #expect(take("ask 9") == [.send(Array("say 9 toy\n".utf8))])
        #expect(take("ok 1") == [.answer(to: 1, .accepted), .connected])
        var targets: [Target] = []
        for line in ["job a \(Self.hex) 32", "difficulty 1000", "job b \(Self.hex) 32"] {
            for case .job(let job) in take(line) { targets.append(job.job.target) }
        }
        #expect(targets.count == 2 && targets[0] != targets[1])
    }

    @Sendable private static func proof(_ work: Work) -> Proof { Proof(digest: ToyParameters.digest(work.input)) }

    private static let hex = String(repeating: "00", count: 67)

    @Test func fromLoginToAcceptedShareAtTheSandbox() async throws {
        var configuration = SandboxConfiguration(
            algorithms: [Toy.algorithm], jobInterval: .seconds(3600), startDifficulty: Difficulty(20) ?? .one,
            shareInterval: nil)
        configuration.dialects = Toy.dialects
        let pool = SandboxPool(configuration) { Self.proof($0) }
        let client = try client(PoolURL("127.0.0.1:\(await pool.start())"))
        let log = EventLog(running: client)
        let job = try await log.job().job
        let share = try find(job, by: Self.proof)
        #expect(await client.submit(share) == .accepted)
        #expect(await client.submit(share) == .rejected(reason: "Duplicate share"))
        // Found in nothing: the pool hashes, and sees.
        var miss: UInt32 = share.nonce + 1
        while job.target.isMet(by: Self.proof(job.work.fixed(nonce: miss))) { miss += 1 }
        let low = Share(job: job, nonce: miss, digest: Digest(), device: .cpu)
        #expect(await client.submit(low) == .rejected(reason: "Low difficulty share"))
        await pool.nextBlock()
        let next = try await log.job(2).job
        #expect(await client.submit(try find(job, skipping: Int(miss) + 1, by: Self.proof)) == .stale(reason: "late"))
        #expect(await client.submit(try find(next, by: Self.proof)) == .accepted)
        let stats = await pool.stats
        #expect(stats.accepted == 2 && stats.stale == 1 && stats.logins == 1)
        #expect(log.refusals.isEmpty && log.disconnections.isEmpty)
        await log.stop()
        await pool.stop()
    }

    @Test func theSessionsCareIsTheSame() async throws {
        // A request of the login is never answered.
        var server = ScriptedServer()
        var client = try client(try await server.start()) { $0.loginDeadline = .milliseconds(50) }
        var log = EventLog(running: client)
        await #expect(throws: Never.self) { _ = try await log.disconnection() }
        #expect(log.disconnections.first?.hasSuffix("the login was not answered") == true)
        await log.stop()
        await server.stop()

        // What repeats the password, and shares that are never answered.
        server = ScriptedServer()
        client = try self.client(
            try await server.start { text in
                text.contains("user") && !text.contains("share")
                    ? "ok 1\nok 2\nnonsense secret\njob a \(Self.hex) 32\n" : nil
            }
        ) { $0.requestDeadline = .milliseconds(20) }
        log = EventLog(running: client)
        let job = try await log.job().job
        #expect(try await log.refusal() == "unknown words: nonsense [secret]")
        for nonce in 0..<3 as Range<UInt32> {
            guard case .expired = await client.submit(Share(job: job, nonce: nonce, digest: Digest(), device: .cpu))
            else { return #expect(Bool(false)) }
        }
        #expect(try await log.disconnection().hasSuffix("3 requests in a row were not answered"))
        await log.stop()
        await server.stop()
    }
}
