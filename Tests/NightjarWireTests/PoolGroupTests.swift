import NightjarCore
import NightjarNode
import NightjarPlatform
import NightjarWire
import Synchronization
import TestSupport
import Testing

/// A link that does what a script says, one entry a try, and then waits for its end.
private final class ScriptedLink: UpstreamLink {
    enum Try: Sendable {
        case fail
        case failWith(String)
        /// Connects, gives no job, and ends with this reason.
        case idle(String)
        /// Connects and stays until ``ScriptedLink/lose()``.
        case stayUntilLost
        /// Fails, and cannot work.
        case refuse
        /// Fails, because the pool refuses the user.
        case refuseUser
        /// Connects, stays for that long, and is lost.
        case stay(Duration)
        /// Connects and stays.
        case stayForGood
    }

    let name: String
    let backoff = Backoff()
    private let time: FakeTime
    private let script: Locked<[Try]>
    private let wasRefused = Locked(false)
    private let wasUserRefused = Locked(false)
    private let isLost = Locked(false)
    private let journal: Journal

    init(_ name: String, _ script: [Try], time: FakeTime, journal: Journal) {
        self.name = name
        self.script = Locked(script)
        self.time = time
        self.journal = journal
    }

    var cannotWork: Bool { wasRefused.withLock { $0 } }
    var isRefused: Bool { wasUserRefused.withLock { $0 } }

    func lose() { isLost.withLock { $0 = true } }

    func attempt(events: @escaping @Sendable (UpstreamEvent) -> Void) async -> String {
        journal.names.withLock { $0.append(name) }
        wasUserRefused.withLock { $0 = false }
        switch script.withLock({ $0.isEmpty ? .fail : $0.removeFirst() }) {
        case .fail: return "down"
        case .failWith(let reason): return reason
        case .idle(let reason):
            events(.connected(pool: name))
            return reason
        case .stayUntilLost:
            events(.connected(pool: name))
            while !isLost.withLock({ $0 }), !Task.isCancelled { try? await Task.sleep(for: .milliseconds(2)) }
            return "lost"
        case .refuseUser:
            wasUserRefused.withLock { $0 = true }
            return "login refused"
        case .refuse:
            wasRefused.withLock { $0 = true }
            return "wrong login"
        case .stay(let duration):
            events(.connected(pool: name))
            time.pass(duration)
            return "lost"
        case .stayForGood:
            events(.connected(pool: name))
            try? await Task.sleep(for: .seconds(3600))
            return "cancelled"
        }
    }

    func submit(_ share: Share) async -> ShareOutcome { .rejected(reason: name) }

    final class Journal: Sendable { let names = Locked<[String]>([]) }
}

@Suite(.timeLimit(.minutes(5))) struct PoolGroupTests {
    private let time = FakeTime()
    private let journal = ScriptedLink.Journal()

    private func link(_ name: String, _ script: ScriptedLink.Try...) -> ScriptedLink { link(name, script) }

    private func link(_ name: String, _ script: [ScriptedLink.Try]) -> ScriptedLink {
        ScriptedLink(name, script, time: time, journal: journal)
    }

    private var waits: [Double] { time.sleeps.map { $0 / .seconds(1) } }

    @Test func failuresHandOverAtOnceAndWaitAfterTheLast() async throws {
        let group = PoolGroup([link("a", .fail, .fail), link("b", .fail, .stayForGood)], backoff: time.backoff)
        let log = EventLog(running: group)
        try await log.connected()
        #expect(journal.names.withLock { $0 } == ["a", "b", "a", "b"])
        #expect(waits == [1])
        #expect(log.plain == [.disconnected(pool: "a", reason: "a: down"), .connected(pool: "b")])
        #expect(group.name == "b")
        await log.stop()
    }

    @Test func aGoodConnectionLostGoesBackToTheFirst() async throws {
        let group = PoolGroup(
            [link("a", .fail, .stayForGood), link("b", .stay(.seconds(100)))], backoff: time.backoff)
        let log = EventLog(running: group)
        try await log.connected(2)
        #expect(journal.names.withLock { $0 } == ["a", "b", "a"])
        #expect(waits == [1])
        #expect(
            log.plain == [
                .disconnected(pool: "a", reason: "a: down"), .connected(pool: "b"),
                .disconnected(pool: "b", reason: "b: lost"), .connected(pool: "a"),
            ])
        await log.stop()
    }

    /// A pool that takes the login and hangs up at once must not keep the miner from the others.
    @Test func aConnectionTooShortIsAFailure() async throws {
        let group = PoolGroup(
            [link("a", .stay(.seconds(1)), .stay(.seconds(1))), link("b", .fail, .stayForGood)], backoff: time.backoff)
        let log = EventLog(running: group)
        try await log.connected(3)
        #expect(journal.names.withLock { $0 } == ["a", "b", "a", "b"])
        await log.stop()
    }

    @Test func waitsGrowToTheLimitAndBeginAnewAfterAGoodConnection() async throws {
        let group = PoolGroup(
            [link("a", .fail, .fail, .fail, .fail, .fail, .fail, .stay(.seconds(30)), .fail, .fail, .stayForGood)],
            backoff: time.backoff)
        let log = EventLog(running: group)
        try await log.connected(2)
        #expect(waits == [1, 2, 4, 8, 10, 10, 1, 2, 4])
        await log.stop()
    }

    /// It is said also when it is not the first trouble of an outage, and once.
    @Test func aLinkThatCannotWorkIsLeftOut() async throws {
        let group = PoolGroup(
            [link("a", .fail, .fail, .fail), link("b", .refuse), link("c", .fail, .fail, .stayForGood)],
            backoff: time.backoff)
        let log = EventLog(running: group)
        try await log.connected()
        #expect(journal.names.withLock { $0 } == ["a", "b", "c", "a", "c", "a", "c"])
        #expect(waits == [1, 2])
        #expect(
            log.plain == [
                .disconnected(pool: "a", reason: "a: down"), .unusable(reason: "b: wrong login", isLast: false),
                .connected(pool: "c"),
            ])
        await log.stop()
    }

    /// The user sees at every moment what is waited for.
    @Test func eachFailedTrySaysWhatComesNext() async throws {
        let group = PoolGroup(
            [link("a", .fail, .fail, .stay(.seconds(40)), .stayForGood), link("b", .fail, .fail)], backoff: time.backoff
        )
        let log = EventLog(running: group)
        try await log.connected(2)
        #expect(
            log.outages == [
                Outage(wasConnected: false, attempt: 1), Outage(wasConnected: false, nextTry: 1, attempt: 1),
                Outage(wasConnected: false, attempt: 2), Outage(wasConnected: false, nextTry: 2, attempt: 2),
                Outage(wasConnected: true, nextTry: 1, attempt: 1),
            ])
        #expect(log.disconnections == ["a: down", "a: lost"], "said once for each outage")
        await log.stop()
    }

    /// A wrong wallet stays wrong: it is no outage that ends in a second.
    @Test func aRefusedUserIsNotTriedSoon() async throws {
        let alone = PoolGroup([link("a", .refuseUser, .refuseUser, .stayForGood)], backoff: time.backoff)
        var log = EventLog(running: alone)
        try await log.connected()
        #expect(waits == [60, 60], "the longest wait, at once")
        await log.stop()
        let two = PoolGroup([link("a", .refuseUser, .stayForGood), link("b", .fail)], backoff: time.backoff)
        log = EventLog(running: two)
        try await log.connected()
        #expect(waits == [60, 60, 1], "another pool may be back soon")
        await log.stop()
    }

    /// Then only a new list helps.
    @Test func withoutALinkThatCanWorkNothingIsTried() async throws {
        let group = PoolGroup([link("a", .refuse), link("b", .refuse)], backoff: time.backoff)
        let log = EventLog(running: group)
        try await eventually("two that cannot work") { log.unusable.count == 2 }
        #expect(
            log.plain == [
                .unusable(reason: "a: wrong login", isLast: false), .unusable(reason: "b: wrong login", isLast: true),
            ])
        #expect(time.sleeps.isEmpty)
        group.replace([link("c", .stayForGood)])
        try await log.connected()
        #expect(journal.names.withLock { $0 } == ["a", "b", "c"])
        await log.stop()
    }

    /// Each new reason is told, and none again while the link stays away. A pool that words each refusal anew does not
    /// fill the log.
    @Test func whyAPreferredLinkIsNotUsedIsToldOnce() async throws {
        let returning = FakeTime()
        let silence = "no job within 60 s of the connection"
        let script: [ScriptedLink.Try] = [
            .fail, .fail, .failWith("banned"), .idle(silence), .failWith("banned"), .idle(silence), .fail,
            .failWith("banned until 7"), .failWith("banned until 8"), .failWith("banned until 9"),
        ]
        let group = PoolGroup(
            [link("a", script), link("b", .stayForGood)], backoff: time.backoff, returning: returning.backoff)
        let log = EventLog(running: group)
        try await eventually("all tries") { returning.sleeps.count > script.count }
        #expect(
            log.warnings == ["banned", silence, "banned until 7"].map { "cannot mine at a: \($0); b goes on" })
        #expect(log.disconnections == ["a: down"] && log.connections == 1)
        #expect(returning.sleeps.prefix(5).map { $0 / .seconds(1) } == [1, 2, 4, 8, 16], "with back-off")
        await log.stop()
    }

    /// With pools that share the time, the list has another order at each turn.
    @Test func anotherOrderTellsNothingAgain() async throws {
        let returning = FakeTime()
        let links = [link("a", .stayForGood), link("b", [.fail, .fail, .fail]), link("c", .refuse)]
        let group = PoolGroup(links, backoff: time.backoff, returning: returning.backoff)
        let log = EventLog(running: group)
        try await log.connected()
        group.reorder([links[1], links[2], links[0]])
        try await eventually("b and c") { log.warnings.count == 1 && log.unusable.count == 1 }
        for _ in 0..<3 {
            group.reorder(links)
            let tries = returning.sleeps.count
            group.reorder([links[1], links[2], links[0]])
            try await eventually("more tries of b") { returning.sleeps.count > tries + 2 }
        }
        #expect(log.warnings == ["cannot mine at b: down; a goes on"] && log.unusable == ["c: wrong login"])
        #expect(journal.names.withLock { $0.filter { $0 == "c" }.count } == 1)
        #expect(log.connections == 1 && log.disconnections.isEmpty)
        await log.stop()
    }

    /// The one in use is lost while a preferred one has let the miner in and has no job yet.
    @Test func aLinkThatIsEnteredAlreadyIsTheConnection() async throws {
        let returning = FakeTime()
        let b = link("b", .stayUntilLost)
        let group = PoolGroup(
            [link("a", .fail, .stayForGood), b], backoff: time.backoff, returning: returning.backoff)
        let log = EventLog(running: group)
        try await eventually("a beside b") { journal.names.withLock { $0 } == ["a", "b", "a"] }
        b.lose()
        try await log.connected(2)
        #expect(
            log.plain == [
                .disconnected(pool: "a", reason: "a: down"), .connected(pool: "b"),
                .disconnected(pool: "b", reason: "b: lost"), .connected(pool: "a"),
            ])
        #expect(group.name == "a")
        await log.stop()
    }

    /// The way back skips it, and ends when no other one is preferred.
    @Test func aPreferredLinkThatCannotWorkIsNotReturnedTo() async throws {
        let returning = FakeTime()
        let group = PoolGroup(
            [link("a", .fail, .refuse), link("b", .fail, .fail, .stayForGood), link("c", .stayForGood)],
            backoff: time.backoff, returning: returning.backoff)
        let log = EventLog(running: group)
        try await eventually("c's work, beside which a and b are tried") { group.name == "c" && log.connections == 1 }
        try await eventually("all tries") { journal.names.withLock { $0 } == ["a", "b", "c", "a", "b", "b"] }
        #expect(log.unusable == ["a: wrong login"])
        await log.stop()
    }

    /// Ten seconds at most after two minutes, a minute after twelve.
    @Test func theLongerItIsAwayTheLongerTheWaits() async throws {
        let failures = [ScriptedLink.Try](repeating: .fail, count: 60)
        let group = PoolGroup([link("a", failures + [.stayForGood])], backoff: time.backoff)
        let log = EventLog(running: group)
        try await log.connected()
        var away = 0.0
        for wait in waits {
            #expect(wait <= max(10, away / 12) + 1e-9)
            if away < 120 { #expect(wait <= 10) }
            if away >= 720 { #expect(wait == 60) }
            away += wait
        }
        #expect(waits.count == failures.count && waits == waits.sorted() && waits.last == 60)
        await log.stop()
    }

    /// A pool that lets the miner in and hangs up is there, after all.
    @Test func waitsStayShortWithAPoolThatLetsIn() async throws {
        let group = PoolGroup(
            [link("a", [ScriptedLink.Try](repeating: .fail, count: 60) + [.stay(.seconds(1)), .fail, .stayForGood])],
            backoff: time.backoff)
        let log = EventLog(running: group)
        try await log.connected(2)
        #expect(waits.suffix(2) == [10, 10])
        await log.stop()
    }

    @Test func jitterOnlyShortens() {
        var backoff = Backoff()
        backoff.jitter = { 1 }
        #expect(backoff.delay(after: 0) == .milliseconds(750))
        #expect(backoff.delay(after: 1000) == .seconds(45))
        backoff.jitter = { 0 }
        #expect(backoff.delay(after: 1000) == .seconds(60))
    }

    /// A job whose pool is not known any more: another pool must not get its share.
    @Test func aShareOfAForgottenJobGoesToNoPool() async throws {
        let group = PoolGroup([link("a", .fail), link("b", .stayForGood)], backoff: time.backoff)
        let log = EventLog(running: group)
        try await log.connected()
        let work = try Work(algorithm: .cn0, input: [UInt8](repeating: 0, count: 76), nonceOffset: 39)
        let share = Share(job: Job(name: "x", work: work, target: .easiest), nonce: 0, digest: Digest(), device: .cpu)
        let outcome = await group.submit(share)
        #expect(outcome == .expired(reason: "its job is too old: its pool is forgotten"))
        await log.stop()
    }

    @Test func failoverBetweenPools() async throws {
        func pool() -> SandboxPool {
            SandboxPool(
                SandboxConfiguration(
                    algorithms: [.cn0], jobInterval: .seconds(3600), startDifficulty: .one, shareInterval: nil)
            ) { fakeProof($0) }
        }
        let (first, second) = (pool(), pool())
        let ports = try await [first.start(), second.start()]
        let group = try PoolGroup(
            urls: ports.map { try PoolURL("127.0.0.1:\($0)") }, login: Login(user: "u"),
            options: UpstreamOptions(backoff: time.backoff))
        let log = EventLog(running: group)
        let job = try await log.job().job
        #expect(await group.submit(try find(job)) == .accepted)
        await first.stop()
        let other = try await log.job(2).job
        #expect(group.name == "127.0.0.1:\(ports[1])")
        #expect(await group.submit(try find(other)) == .accepted)
        // The first pool's job is not the second's, even if their ids are the same.
        #expect(await group.submit(try find(job, skipping: 1)) == .expired(reason: "not connected"))
        #expect(await first.stats.accepted == 1)
        #expect(await second.stats.accepted == 1)
        #expect(await second.stats.rejected == 0)
        await log.stop()
        await second.stop()
    }

    /// Cancelling must not wait for a connection that never comes: 192.0.2.0/24 is nobody's (RFC 5737).
    @Test func cancellingDoesNotWaitForTheConnection() async throws {
        let options = UpstreamOptions(connectTimeout: .seconds(3600), backoff: time.backoff)
        let group = try PoolGroup(urls: [PoolURL("192.0.2.1:9")], login: Login(user: "u"), options: options)
        let log = EventLog(running: group)
        await log.stop()
    }
}
