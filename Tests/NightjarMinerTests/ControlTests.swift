import Foundation
import Nightjar
import NightjarCore
import NightjarMiner
import NightjarPlatform
import NightjarWire
import Synchronization
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5))) struct ControlTests {
    /// A miner on fakes, running.
    struct Running {
        let hashing = FakeHashing()
        let upstream: FakeUpstream
        let reporter = FakeReporter()
        let statistics = Statistics(devices: [StatisticsTests.device(.cpu)], pool: "fake:1")
        let miner: Miner
        private let run: Task<Miner.Outcome, Never>

        init(_ events: [UpstreamEvent] = [.connected(pool: "fake:1"), .job(job("a"))]) throws {
            upstream = FakeUpstream(events)
            miner = Miner(
                hashing: hashing, devices: [.cpu], upstream: upstream, ledger: try .inMemory(), reporter: reporter,
                statistics: statistics)
            run = Task { [miner] in await miner.run() }
        }

        func ended() async -> Miner.Outcome {
            await miner.stop(.signal(2))
            return await run.value
        }

        /// Waits until the miner has come so far.
        func until(_ condition: @Sendable () -> Bool) async throws {
            try await eventually("the miner's next step, after \(reporter.events)") { condition() }
        }
    }

    /// As the ledger does while another program writes: more miners than Swift's pool has threads are held up at once,
    /// and the pool goes on.
    @Test func aMinerThatIsHeldUpHoldsUpNobodyElse() async throws {
        let gate = Gate()
        let all = try (0..<ProcessInfo.processInfo.activeProcessorCount + 2).map { _ in
            let miner = Miner(
                hashing: FakeHashing(), devices: [.cpu], upstream: FakeUpstream([]), ledger: try .inMemory(),
                reporter: gate)
            return Task { await miner.tell(.notice("held up")) }
        }
        // On the pool. Were its threads held up, nothing would come of this before the gate gives up.
        try await eventually("\(all.count) miners that are held up") { gate.waiting == all.count }
        await Task.detached {}.value
        gate.open()
        for task in all { await task.value }
        #expect(gate.gaveUp == 0)
    }

    /// Holds up the thread of whoever reports to it.
    private final class Gate: Reporter {
        private let state = Monitor((isOpen: false, waiting: 0, gaveUp: 0))
        var waiting: Int { state.withLock(\.waiting) }
        var gaveUp: Int { state.withLock(\.gaveUp) }

        func open() { state.change { $0.isOpen = true } }

        func report(_ event: MinerEvent) {
            state.withLock { $0.waiting += 1 }
            if state.wait(milliseconds: 20_000, { $0.isOpen ? () : nil }) == nil { state.withLock { $0.gaveUp += 1 } }
        }
    }

    @Test func lanesRestWhileThereIsAnyReason() async throws {
        let running = try Running()
        let (miner, hashing) = (running.miner, running.hashing)
        try await running.until { hashing.jobs.map { $0?.id.name } == ["a"] }
        await miner.pause(.user)
        await miner.pause(.user)
        await miner.pause(.battery)
        #expect(running.statistics.snapshot().pausedBecause == ["user", "battery"])
        await miner.resume(.user)
        #expect(hashing.jobs.map { $0?.id.name } == ["a", nil], "one reason is left")
        #expect(running.statistics.snapshot().pausedBecause == ["battery"])
        // The connection goes on meanwhile, and what it says counts afterwards.
        running.upstream.send(.job(job("b")))
        try await running.until { running.statistics.snapshot().connection.job == "b" }
        await miner.resume(.schedule)
        #expect(hashing.jobs.map { $0?.id.name } == ["a", nil])
        await miner.resume(.battery)
        #expect(
            hashing.jobs.map { $0?.id.name } == ["a", nil, "b"] && running.statistics.snapshot().pausedBecause == [])
        let said = running.reporter.events.filter {
            switch $0 {
            case .paused, .resumed: true
            default: false
            }
        }
        #expect(said == [.paused([.user]), .paused([.user, .battery]), .paused([.battery]), .resumed])
        #expect(await running.ended().end == .signal(2))
    }

    @Test func theSameJobGoesOnAfterAPause() async throws {
        let running = try Running()
        try await running.until { running.hashing.jobs.count == 1 }
        await running.miner.pause(.api)
        await running.miner.cool(true)
        await running.miner.resume(.api)
        #expect(running.hashing.jobs.map { $0?.id.name } == ["a", nil], "the duty cycle rests too")
        await running.miner.cool(false)
        #expect(
            running.hashing.jobs.map { $0?.id.name } == ["a", nil, "a"]
                && running.hashing.jobs[0] == running.hashing.jobs[2]
        )
        _ = await running.ended()
    }

    @Test func aPauseLeavesOutagesTheirCourse() async throws {
        let running = try Running()
        try await running.until { running.hashing.jobs.count == 1 }
        await running.miner.pause(.user)
        running.upstream.send(.disconnected(pool: "fake:1", reason: "gone"))
        running.upstream.send(.connected(pool: "fake:1"))
        try await running.until {
            running.statistics.snapshot().connection.isConnected && running.reporter.events.count >= 5
        }
        await running.miner.resume(.user)
        #expect(running.hashing.jobs.map { $0?.id.name } == ["a", nil], "there is no job to go on with")
        running.upstream.send(.job(job("c")))
        try await running.until { running.hashing.jobs.count == 3 }
        #expect(running.hashing.jobs.last??.id.name == "c")
        _ = await running.ended()
    }

    @Test func otherLanesGoOnWithTheJobAndTheCounts() async throws {
        let running = try Running()
        let gpu = DeviceID.opencl(platform: 0, device: 0)
        try await running.until { running.hashing.jobs.count == 1 }
        // What the old lanes find at their very end is not lost.
        running.hashing.onStop { $0.find(0..<3, job("a").job) }
        let next = FakeHashing()
        await running.miner.replace(devices: [StatisticsTests.device(gpu)]) { _ in next }
        #expect(running.hashing.stopped == 1 && running.hashing.jobs.last == .some(nil))
        #expect(next.jobs.map { $0?.id.name } == ["a"])
        next.find(10..<12, job("a").job, on: gpu)
        try await running.until { running.statistics.snapshot().summary.accepted == 5 }
        #expect(running.statistics.snapshot().devices.map(\.id) == ["opencl:0.0"])
        // The last device's failure is the new one's.
        next.send(.failed(.cpu, reason: "not mine"))
        next.send(.failed(gpu, reason: "broken"))
        try await running.until { running.reporter.events.contains(.error("opencl:0.0: broken")) }
        let outcome = await running.ended()
        #expect(outcome.end == .noDevice(reason: "opencl:0.0: broken") && next.stopped == 1)
        #expect(outcome.summary.found == 5 && outcome.summary.unaccounted == 0 && outcome.summary.hashes == 50)
    }

    @Test func countsAreTakenAllTheTime() async throws {
        let running = try Running()
        running.hashing.find(0..<2, job("a").job)
        try await running.until { running.statistics.snapshot().summary.accepted == 2 }
        let outcome = await running.ended()
        let shown = running.statistics.snapshot()
        #expect(outcome.summary.hashes == 20 && shown.summary.hashes == 20 && shown.summary.found == 2)
        #expect(shown.devices[0].found == 2 && shown.devices[0].hashes == 20 && shown.devices[0].health?.checked == 200)
        #expect(shown.best.count == 2)
    }
}
