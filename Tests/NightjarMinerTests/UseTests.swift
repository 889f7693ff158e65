import Foundation
import NightjarCore
import NightjarJSON
import NightjarMiner
import NightjarPlatform
import Synchronization
import TestSupport
import Testing

/// Pauses while the machine is used: by logind's word, and by other programs' part of the processor.
@Suite(.timeLimit(.minutes(5))) struct UseTests {
    private static func caretaker(
        _ settings: CareSettings, bus: String = "/nowhere/bus", processes: String = "/nowhere"
    ) -> Caretaker {
        Caretaker(
            settings, sensors: Sensors(root: "/nowhere", nvml: nil),
            idle: IdleWatch(path: bus, limit: .seconds(100)), processes: processes, minute: { 0 })
    }

    @Test func logindDecides() async throws {
        let bus = try FakeBus(.idle(true))
        let caretaker = Self.caretaker(CareSettings(pausesOnActive: true), bus: bus.path)
        var memory = Caretaker.Memory()
        func look() async -> Caretaker.Finding { await caretaker.look(&memory) }
        #expect(await look().pauses == [])
        bus.set(.idle(false))
        #expect(await look().pauses == [.active])
        bus.set(.idle(true))
        #expect(await look().pauses == [])
        #expect(bus.connections == 1, "the connection is kept")
        // A bus that has started again answers at a new connection.
        bus.set(.end)
        let away = await look()
        #expect(away.pauses == [] && away.unseen[.use]?.contains("the bus has ended the connection") == true)
        bus.set(.idle(false))
        let back = await look()
        #expect(back.pauses == [.active] && back.unseen == [:])
        caretaker.follow(CareSettings())
        let calls = bus.calls
        #expect(await look().pauses == [])
        #expect(bus.calls == calls, "nothing is asked without the setting")
        bus.stop()
    }

    /// What the kernel says of the processors' time, in a folder of the test's own.
    private final class Processes: Sendable {
        let tree: SensorTree
        private let spent = Locked((others: 0, own: 0, idle: 0))

        init() throws {
            tree = try SensorTree()
            try pass(others: 1, own: 1, idle: 1)
        }

        /// Lets time pass.
        func pass(others: Int, own: Int, idle: Int) throws {
            let now = spent.withLock { spent in
                spent = (spent.others + others, spent.own + own, spent.idle + idle)
                return spent
            }
            try tree.set("stat", "cpu  \(now.others + now.own) 0 0 \(now.idle) 0 0 0 0 0 0\ncpu0 1 2 3 4")
            // Half of it is of a child that has ended. The name is one that no field can be told by.
            let half = now.own / 2
            try tree.set(
                "self/stat", "7 (a) b (c) S 1 7 7 0 -1 4 10 0 0 0 \(now.own - half) 0 0 \(half) 20 0 9 0 5 1 2")
        }
    }

    @Test func otherProgramsNeedTheProcessor() async throws {
        let processes = try Processes()
        let caretaker = Self.caretaker(CareSettings(maxLoad: 0.25), processes: processes.tree.root)
        var memory = Caretaker.Memory()
        func pauses(others: Int, own: Int, idle: Int) async throws -> Set<PauseReason> {
            try processes.pass(others: others, own: own, idle: idle)
            let finding = await caretaker.look(&memory)
            #expect(finding.unseen == [:])
            return finding.pauses
        }
        // Its own work is no reason, however much it is.
        for _ in 0..<4 { #expect(try await pauses(others: 20, own: 80, idle: 0) == []) }
        // One look above the limit is no reason yet.
        #expect(try await pauses(others: 100, own: 0, idle: 0) == [])
        #expect(try await pauses(others: 25, own: 75, idle: 0) == [], "the limit itself is allowed")
        #expect(try await pauses(others: 26, own: 74, idle: 0) == [])
        #expect(try await pauses(others: 26, own: 74, idle: 0) == [.load])
        // A short rest ends no pause.
        for _ in 0..<LoadWatch.looksToResume - 1 { #expect(try await pauses(others: 0, own: 0, idle: 100) == [.load]) }
        #expect(try await pauses(others: 90, own: 0, idle: 10) == [.load])
        for _ in 0..<LoadWatch.looksToResume - 1 { #expect(try await pauses(others: 5, own: 0, idle: 95) == [.load]) }
        #expect(try await pauses(others: 5, own: 0, idle: 95) == [])
        // A limit that is taken back ends the pause at once.
        for _ in 0..<2 { _ = try await pauses(others: 100, own: 0, idle: 0) }
        caretaker.follow(CareSettings())
        #expect(try await pauses(others: 100, own: 0, idle: 0) == [])
    }

    /// One line each, and mining goes on.
    @Test func whatCannotBeSeenIsSaidOnce() async throws {
        let caretaker = Self.caretaker(CareSettings(pausesOnActive: true, maxLoad: 0.5))
        let statistics = Statistics(devices: [StatisticsTests.device(.cpu)], pool: "p")
        let miner = CareTests.CoolableMiner()
        let looks = Locked(0)
        let task = Task {
            await caretaker.run(
                miner,
                devices: {
                    looks.withLock { $0 += 1 }
                    return []
                }, statistics: statistics, period: .milliseconds(2))
        }
        try await eventually("ten looks") { looks.withLock { $0 } > 10 }
        task.cancel()
        await task.value
        #expect(
            miner.told.withLock { $0 } == [
                "[\"problem: logind does not tell whether this machine is in use (cannot connect to /nowhere/bus: No such "
                    + "file or directory): --pause-on-active has no effect\"]",
                "[\"problem: /nowhere/stat and /nowhere/self/stat cannot be read: --pause-on-load has no effect\"]",
            ])
    }

    /// The miner is told of each pause and of its end.
    @Test func theMinerRestsMeanwhile() async throws {
        let bus = try FakeBus(.idle(false))
        let caretaker = Self.caretaker(CareSettings(pausesOnActive: true), bus: bus.path)
        let miner = CareTests.CoolableMiner()
        let task = Task {
            await caretaker.run(
                miner, devices: { [] }, statistics: Statistics(devices: [], pool: "p"), period: .milliseconds(2))
        }
        try await miner.until("pause active")
        bus.set(.idle(true))
        try await miner.until("resume active")
        task.cancel()
        await task.value
        bus.stop()
        #expect(miner.told.withLock { $0 } == ["pause active", "resume active"])
    }

    @Test func thePauseIsShownInPlainWords() {
        #expect(
            HumanReporter.lines(.paused([.active, .load])) == [
                "paused: the machine is in use, other programs need the processor"
            ])
        let json = JSONReporter.json(.paused([.active, .load]), at: .now)
        #expect(json?.description.hasSuffix(#""event":"paused","reasons":["active","load"]}"#) == true)
    }

    @Test func thisMachinesTimesAreRead() { #expect(ProcessorTimes.now(root: "/proc") != nil) }
}
