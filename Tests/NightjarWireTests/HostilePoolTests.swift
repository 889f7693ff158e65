import Foundation
import NightjarCore
import NightjarNode
import NightjarPlatform
import NightjarWire
import Synchronization
import TestSupport
import Testing

/// Clients among hostile pools: they never end or hang, and mine again once there is a good one. What the whole program
/// makes of such a pool, and of its memory, is in `HostileMineTests`.
///
/// Several of them side by side, since each waits most of the time. Some hundred messages by default;
/// `NIGHTJAR_HOSTILE_MESSAGES` sets the number.
@Suite(.serialized, .timeLimit(.minutes(5))) struct HostilePoolTests {
    private static let messages =
        ProcessInfo.processInfo.environment["NIGHTJAR_HOSTILE_MESSAGES"].flatMap { Int($0) } ?? 800
    private static let clients = 8

    private final class Counts: Sendable {
        private let state = Locked((sent: 0, answered: 0, accepted: 0))

        var sent: Int { state.withLock { $0.sent } }
        var answered: Int { state.withLock { $0.answered } }
        var accepted: Int { state.withLock { $0.accepted } }

        func send() { state.withLock { $0.sent += 1 } }
        func answer(_ outcome: ShareOutcome) {
            state.withLock {
                $0.answered += 1
                if outcome == .accepted { $0.accepted += 1 }
            }
        }
    }

    @Test func minesAgainAfterHostility() async throws {
        try await play(.rx0, HostileServer(seed: FuzzTests.seed, job: jobText(), corpus: FuzzTests.stratum))
    }

    @Test func minesBitcoinAgainAfterHostility() async throws {
        let hostile = HostileServer(
            bitcoin: .sha256d, seed: FuzzTests.seed &+ 1, login: bitcoinWelcome() + notify(),
            corpus: BitcoinFuzzTests.stratum)
        try await play(.sha256d, hostile)
    }

    private func play(_ algorithm: Algorithm, _ hostile: HostileServer) async throws {
        let port = try await hostile.start()
        // Waits are cut short while there is hostility, and as long as they are otherwise.
        let isHasty = Locked(true)
        let backoff = Backoff(
            sleep: { duration in try await Task.sleep(for: isHasty.withLock { $0 } ? .milliseconds(1) : duration) })
        var options = UpstreamOptions(loginDeadline: .milliseconds(50), requestDeadline: .seconds(2), backoff: backoff)
        options.checkInterval = .milliseconds(20)
        options.lineDeadline = .milliseconds(40)
        options.configureDeadline = .milliseconds(20)
        options.jobSpacing = .milliseconds(1)
        // Monero's pools name the algorithm.
        let settings = PoolSettings(
            url: try PoolURL("127.0.0.1:\(port)"), user: "u",
            algorithm: algorithm.dialect == .monero ? nil : algorithm)
        let clients = try (0..<Self.clients).map { _ in (try PoolGroup(pools: [settings], options: options), Counts()) }

        // A share for every job there is; that it meets the target is no concern of these pools.
        let running = clients.map { group, counts in
            Task {
                await group.run { event in
                    guard case .job(let news) = event, let nonce = news.job.nonces.range.first else { return }
                    let proof = fakeProof(news.job.work.fixed(nonce: UInt32(nonce)))
                    let share = Share(job: news.job, nonce: UInt32(nonce), proof: proof, device: .cpu)
                    counts.send()
                    Task { counts.answer(await group.submit(share)) }
                }
            }
        }
        // Each message by itself: how long they all take follows from their number.
        while hostile.messages < Self.messages {
            let before = hostile.messages
            try await eventually(every: .milliseconds(20), "a message after \(before)") { hostile.messages > before }
        }
        #expect(hostile.logins > 0)

        await hostile.stop()
        isHasty.withLock { $0 = false }
        let pool = SandboxPool(
            SandboxConfiguration(
                algorithms: [algorithm], jobInterval: .seconds(3600), startDifficulty: .one, shareInterval: nil)
        ) { fakeProof($0) }
        try await pool.start(port: port)
        let began = ContinuousClock.now
        let earlier = clients.map(\.1.accepted)
        for ((_, counts), earlier) in zip(clients, earlier) {
            _ = try await eventually("an accepted share of each") { counts.accepted > earlier ? true : nil }
        }
        let back = ContinuousClock.now - began
        for (_, counts) in clients {
            _ = try await eventually("all answers") { counts.sent == counts.answered ? true : nil }
        }
        let sent = clients.map(\.1.sent).reduce(0, +)
        print(
            "hostile \(algorithm) pool: \(hostile.messages) messages, \(hostile.logins) logins, \(sent) shares, mined again after \(back)"
        )
        for task in running { task.cancel() }
        for task in running { await task.value }
        await pool.stop()
    }
}
