import Foundation
import NightjarCore
import NightjarStratum
import Synchronization
import Testing

/// A client among hostile pools: it never ends, hangs or grows, and mines again once there is a good one.
///
/// Some hundred messages by default; `NIGHTJAR_HOSTILE_MESSAGES` sets the number.
@Suite(.serialized) struct HostilePoolTests {
    private static let messages = ProcessInfo.processInfo.environment["NIGHTJAR_HOSTILE_MESSAGES"].flatMap { Int($0) } ?? 400

    /// Bytes of memory that this process has, as its kernel counts them.
    private static func residentBytes() throws -> Int {
        let text = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8)
        guard let pages = text.split(separator: " ").dropFirst().first.flatMap({ Int($0) }) else {
            throw WaitedInVain(description: "statm: \(text)")
        }
        return pages * 4096
    }

    private final class Counts: Sendable {
        private let state = Mutex((sent: 0, answered: 0))

        var sent: Int { state.withLock { $0.sent } }
        var answered: Int { state.withLock { $0.answered } }

        func send() { state.withLock { $0.sent += 1 } }
        func answer() { state.withLock { $0.answered += 1 } }
    }

    @Test func minesAgainAfterHostility() async throws {
        let hostile = HostileServer(seed: FuzzTests.seed)
        let port = try await hostile.start()
        // Waits are cut short while there is hostility, and as long as they are otherwise.
        let isHasty = Mutex(true)
        let backoff = Backoff(
            sleep: { duration in try await Task.sleep(for: isHasty.withLock { $0 } ? .milliseconds(1) : duration) })
        var options = UpstreamOptions(loginDeadline: .milliseconds(50), requestDeadline: .seconds(2), backoff: backoff)
        options.checkInterval = .milliseconds(20)
        options.lineDeadline = .milliseconds(40)
        options.jobSpacing = .milliseconds(1)
        let group = try PoolGroup(pools: [PoolSettings(url: PoolURL("127.0.0.1:\(port)"), user: "u")], options: options)

        // A share for every job there is.
        let counts = Counts()
        let running = Task {
            await group.run { event in
                guard case .job(let job) = event, let share = try? find(job.job) else { return }
                counts.send()
                Task {
                    _ = await group.submit(share)
                    counts.answer()
                }
            }
        }
        func until(_ messages: Int) async throws {
            var last = (-1, ContinuousClock.now)
            while hostile.messages < messages {
                try await Task.sleep(for: .milliseconds(20))
                if hostile.messages != last.0 { last = (hostile.messages, .now) }
                if ContinuousClock.now - last.1 > patience { throw WaitedInVain(description: "stuck at \(hostile.messages)") }
            }
        }
        try await until(Self.messages / 5)
        let before = try Self.residentBytes()
        try await until(Self.messages)
        let grown = try Self.residentBytes() - before
        #expect(grown < 20 << 20, "grown by \(grown) bytes")
        #expect(hostile.logins > 0)

        await hostile.stop()
        isHasty.withLock { $0 = false }
        let pool = SandboxPool(
            SandboxConfiguration(algorithms: [.rx0], jobInterval: .seconds(3600), startDifficulty: .one, shareInterval: nil)
        ) { fakeProof($0) }
        try await pool.start(port: port)
        let began = ContinuousClock.now
        _ = try await eventually("an accepted share") { await pool.stats.accepted > 0 ? true : nil }
        let back = ContinuousClock.now - began
        #expect(back < .seconds(15), "mined again after \(back)")
        _ = try await eventually("all answers") { counts.sent == counts.answered ? true : nil }
        print("hostile pool: \(hostile.messages) messages, \(hostile.logins) logins, \(counts.sent) shares, grown by \(grown >> 10) KiB, mined again after \(back)")
        running.cancel()
        await running.value
        await pool.stop()
    }
}
