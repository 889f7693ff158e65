import NightjarCore
import NightjarNode
import NightjarWire
import Synchronization
import TestSupport
import Testing

/// The way back to the preferred pool, and lists that change: against real sockets.
@Suite(.timeLimit(.minutes(5))) struct ReturnTests {
    private let time = FakeTime()

    private func pool() -> SandboxPool {
        SandboxPool(
            SandboxConfiguration(
                algorithms: [.cn0], jobInterval: .seconds(3600), startDifficulty: .one, shareInterval: nil)
        ) { fakeProof($0) }
    }

    private func options(returning: Backoff? = nil) -> UpstreamOptions {
        var options = UpstreamOptions(backoff: time.backoff, returning: returning ?? FakeTime().backoff)
        options.farewell = .milliseconds(20)
        return options
    }

    private func settings(_ port: Int, user: String = "u") throws -> PoolSettings {
        PoolSettings(url: try PoolURL("127.0.0.1:\(port)"), user: user)
    }

    @Test func aPreferredPoolThatComesBackIsReturnedTo() async throws {
        let (first, second) = (pool(), pool())
        let ports = try await [first.start(), second.start()]
        await first.stop()
        let group = try PoolGroup(pools: ports.map { try settings($0) }, options: options())
        let log = EventLog(running: group)
        let job = try await log.job().job
        #expect(group.name == "127.0.0.1:\(ports[1])")
        // Logins that are refused are no reason to leave a pool that works.
        await first.setFaults(Faults(refuseLogin: "not yet"))
        try await first.start(port: ports[0])
        _ = try await eventually("three refused tries") { await first.stats.connections >= 3 ? true : nil }
        #expect(group.name == "127.0.0.1:\(ports[1])" && log.connections == 1)

        // A share on its way when the group goes home is answered by the one it was sent to.
        await second.setFaults(Faults(replyDelay: .milliseconds(500)))
        async let late = group.submit(try find(job))
        _ = try await eventually("the late share") { await second.stats.submitted == 1 ? true : nil }
        await first.setFaults(Faults())
        let home = try await log.job(2).job
        #expect(group.name == "127.0.0.1:\(ports[0])")
        #expect(try await late == .accepted)
        #expect(await group.submit(try find(home)) == .accepted)
        #expect(await first.stats.accepted == 1)
        #expect(await second.stats.accepted == 1)
        // Nothing was ever down, as far as the user is concerned.
        #expect(log.disconnections.count == 1 && log.connections == 2)
        // The connection that was left is closed: one of the sandbox's, and no new one.
        _ = try await eventually("the second pool's loneliness") { await second.peerCount == 0 ? true : nil }
        #expect(await second.stats.connections == 1)
        await log.stop()
        await first.stop()
        await second.stop()
    }

    /// A share that the lanes found for the last pool's job just after the change still goes there.
    @Test func sharesGoToThePoolWhoseJobTheyAreFor() async throws {
        let (first, second) = (pool(), pool())
        let ports = try await [first.start(), second.start()]
        await first.stop()
        var options = options()
        options.farewell = .seconds(60)
        let group = try PoolGroup(pools: ports.map { try settings($0) }, options: options)
        let log = EventLog(running: group)
        let job = try await log.job().job
        try await first.start(port: ports[0])
        _ = try await log.job(2)
        #expect(await group.submit(try find(job)) == .accepted)
        #expect(await second.stats.accepted == 1)
        await log.stop()
        await first.stop()
        await second.stop()
    }

    @Test func triesBesideAPoolThatWorksComeAtGrowingIntervals() async throws {
        let returning = FakeTime()
        let second = pool()
        let port = try await second.start()
        // Nobody listens at port 1.
        let group = try PoolGroup(
            pools: [settings(1), settings(port)],
            options: options(
                returning: Backoff(
                    first: .seconds(60), limit: .seconds(960), sleep: returning.backoff.sleep,
                    now: returning.backoff.now,
                    jitter: { 0 })))
        let log = EventLog(running: group)
        _ = try await eventually("seven tries") { returning.sleeps.count >= 7 ? true : nil }
        #expect(returning.sleeps.prefix(7).map { $0 / .seconds(60) } == [1, 2, 4, 8, 16, 16, 16])
        #expect(log.connections == 1 && log.disconnections.count == 1)
        await log.stop()
        await second.stop()
    }

    /// With the waits that users get: first looked at within ten seconds, then less and less often, and found within half
    /// a minute of its return, however long it was away.
    @Test func aPreferredPoolIsFoundSoon() {
        var longest = Backoff.returning
        longest.jitter = { 0 }
        let waits = (0..<20).map { longest.delay(after: $0) }
        #expect(waits[0] <= .seconds(10))
        #expect(zip(waits, waits.dropFirst()).allSatisfy { $0 <= $1 } && waits[1] > waits[0])
        // The connection and the login take a moment, too.
        #expect(waits.allSatisfy { $0 <= .seconds(25) })
        #expect(UpstreamOptions().returning.first == waits[0] && UpstreamOptions().returning.limit == waits[19])
    }

    @Test func aListThatStillHasThePoolKeepsItsConnection() async throws {
        let (first, second) = (pool(), pool())
        let ports = try await [first.start(), second.start()]
        var options = options()
        options.returning = Backoff()
        let group = try PoolGroup(pools: [settings(ports[0])], options: options)
        let log = EventLog(running: group)
        let job = try await log.job().job
        group.replace(try PoolGroup.links([settings(ports[0]), settings(ports[1])], options: options))
        #expect(await group.submit(try find(job)) == .accepted)
        // With another login it is another pool. The new list's first one is tried at once; the share under way is
        // answered.
        await first.setFaults(Faults(replyDelay: .milliseconds(300)))
        async let late = group.submit(try find(job, skipping: 1))
        _ = try await eventually("the late share") { await first.stats.submitted == 2 ? true : nil }
        group.replace(
            try PoolGroup.links([settings(ports[1], user: "v"), settings(ports[0], user: "v")], options: options))
        let next = try await log.job(2).job
        #expect(group.name == "127.0.0.1:\(ports[1])")
        #expect(await group.submit(try find(next)) == .accepted)
        #expect(try await late == .accepted)
        #expect(log.disconnections == ["127.0.0.1:\(ports[0]): it is no longer in the configuration"])
        #expect(await first.stats.logins == 1)
        // A preferred one that is put before the one in use is tried at once, too.
        await first.setFaults(Faults())
        group.replace(try PoolGroup.links([settings(ports[0]), settings(ports[1], user: "v")], options: options))
        _ = try await log.job(3)
        #expect(group.name == "127.0.0.1:\(ports[0])")
        #expect(log.disconnections.count == 1)
        #expect(await second.stats.logins == 1)
        await log.stop()
        await first.stop()
        await second.stop()
    }

    @Test func aNewListEndsTheWaitForTheOld() async throws {
        let pool = pool()
        let port = try await pool.start()
        var patient = Backoff()
        patient.first = .seconds(3600)
        patient.limit = .seconds(3600)
        let group = try PoolGroup(pools: [settings(1)], options: UpstreamOptions(backoff: patient))
        let log = EventLog(running: group)
        _ = try await log.disconnection()
        group.replace(try PoolGroup.links([settings(port)], options: UpstreamOptions(backoff: patient)))
        #expect(await group.submit(try find(try await log.job().job)) == .accepted)
        await log.stop()
        await pool.stop()
    }
}
