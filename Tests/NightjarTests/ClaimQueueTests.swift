import Glibc
import Nightjar
import NightjarCPU
import NightjarCore
import NightjarPlatform
import TestSupport
import Testing

/// The order in which candidates are verified, and the room that lanes make for it.
@Suite(.timeLimit(.minutes(5))) struct ClaimQueueTests {
    private struct FakeClaim: WaitingClaim {
        let number: Int
        let worthOf: JobID?
    }

    private typealias Queue = ClaimQueue<FakeClaim>

    private func claim(_ number: Int, of job: JobID? = nil) -> FakeClaim { FakeClaim(number: number, worthOf: job) }

    /// What the queue hands out until it is empty, in words.
    private func drain(_ queue: Queue) -> [String] {
        queue.close()
        var words: [String] = []
        while let order = queue.take() {
            switch order {
            case .verify(let claim):
                words.append("verify \(claim.number)")
                queue.done()
            case .giveUp(let claim): words.append("give up \(claim.number)")
            case .prepare: words.append("prepare")
            }
        }
        return words
    }

    /// A queue on one processing unit with a lane, and with a thread for each claim that waits.
    private func busyQueue(claims: Int) -> (queue: Queue, resting: RestingLanes) {
        let resting = RestingLanes(units: 1)
        let queue = Queue(capacity: 8, resting: resting)
        queue.enter()
        for number in 1...claims {
            queue.addThread()
            _ = queue.put(claim(number))
        }
        return (queue, resting)
    }

    @Test func theNewestIsVerifiedFirst() throws {
        let queue = Queue(capacity: 8, resting: RestingLanes(units: 1))
        for number in 1...5 { _ = queue.put(claim(number)) }
        #expect(drain(queue) == ["verify 5", "verify 4", "verify 3", "verify 2", "verify 1"])
    }

    @Test func worthlessCandidatesAreGivenUpBeforeAndAfterTheyCome() throws {
        let queue = Queue(capacity: 8, resting: RestingLanes(units: 1))
        let (old, new) = (JobID("old"), JobID("new"))
        _ = queue.put(claim(1, of: old))
        _ = queue.put(claim(2, of: new))
        // A sample tells of the device's health, whatever its job is worth.
        _ = queue.put(claim(3))
        queue.giveUp([old])
        // A lane that was in the middle of a batch.
        _ = queue.put(claim(4, of: old))
        #expect(drain(queue) == ["give up 4", "give up 1", "verify 3", "verify 2"])
    }

    @Test func aJobThatComesBackIsNotWorthless() throws {
        let queue = Queue(capacity: 8, resting: RestingLanes(units: 1))
        let job = JobID("a")
        queue.giveUp([job])
        queue.giveUp([])
        _ = queue.put(claim(1, of: job))
        #expect(drain(queue) == ["verify 1"])
    }

    @Test func preparingWaitsUntilThereIsNothingElse() throws {
        let queue = Queue(capacity: 8, resting: RestingLanes(units: 1))
        queue.expect(try Work(algorithm: .cn0, input: [UInt8](repeating: 1, count: 76), nonceOffset: 39))
        _ = queue.put(claim(1))
        guard case .verify? = queue.take(), case .prepare? = queue.take() else {
            Issue.record("the claim comes first")
            return
        }
        queue.done()
        #expect(drain(queue) == [])
    }

    @Test func aFullQueueHoldsLanesBackAndLosesNothing() throws {
        let queue = Queue(capacity: 2, resting: RestingLanes(units: 1))
        queue.addThread()
        let claims = (0..<500).map { claim($0) }
        let put = Monitor(0)
        let lane = try PinnedThread(name: "lane") {
            for claim in claims {
                _ = queue.put(claim)
                put.withLock { $0 += 1 }
            }
        }
        var taken: Set<Int> = []
        while taken.count < 500, case .verify(let claim)? = queue.take() {
            #expect(taken.insert(claim.number).inserted)
            queue.done()
            #expect(put.withLock { $0 } <= taken.count + 2)
        }
        lane.join()
        #expect(taken == Set(0..<500))
    }

    @Test func moreThanTwoForEachThreadAskForAnother() throws {
        let queue = Queue(capacity: 8, resting: RestingLanes(units: 4))
        queue.addThread()
        let first = (0..<4).map { queue.put(claim($0)) }
        #expect(first == [false, false, true, true])
        queue.addThread()
        #expect(queue.put(claim(4)))
        #expect(drain(queue).count == 5)
    }

    /// A lane on the only processing unit rests while a candidate waits or is hashed, and goes on afterwards.
    @Test func lanesMakeRoomWhileCandidatesAreHashed() async throws {
        let queue = Queue(capacity: 8, resting: RestingLanes(units: 1))
        queue.addThread()
        queue.enter()
        queue.makeRoom()  // Nothing waits: it returns at once.
        _ = queue.put(claim(1))
        let batches = Monitor(0)
        let lane = try PinnedThread(name: "lane") {
            queue.makeRoom()
            batches.change { $0 += 1 }
        }
        guard case .verify? = queue.take() else {
            Issue.record("the claim is there")
            return
        }
        #expect(batches.withLock { $0 } == 0)
        queue.done()
        try await eventually("the lane's next batch") { batches.withLock { $0 } == 1 }
        lane.join()
        queue.leave()
    }

    /// Where a processing unit is free, the candidate is hashed there.
    @Test func lanesWithAFreeUnitBesideThemDoNotRest() throws {
        let queue = Queue(capacity: 8, resting: RestingLanes(units: 3))
        queue.addThread()
        queue.enter()
        queue.enter()
        _ = queue.put(claim(1))
        queue.makeRoom()
        queue.makeRoom()
        #expect(drain(queue) == ["verify 1"])
    }

    @Test func theEndOfTheRunWakesLanesThatRest() throws {
        let queue = Queue(capacity: 8, resting: RestingLanes(units: 1))
        queue.addThread()
        queue.enter()
        _ = queue.put(claim(1))
        let lane = try PinnedThread(name: "lane") { queue.makeRoom() }
        queue.close()
        lane.join()
        #expect(drain(queue) == ["verify 1"])
    }

    /// A lane of one run rests for a candidate of another run: a GPU may work for a pool of its own.
    @Test func lanesMakeRoomForTheCandidatesOfAnotherRun() async throws {
        let resting = RestingLanes(units: 1)
        let (cpu, gpu) = (Queue(capacity: 8, resting: resting), Queue(capacity: 8, resting: resting))
        cpu.addThread()
        gpu.addThread()
        cpu.enter()
        _ = gpu.put(claim(1))
        let batches = Monitor(0)
        let lane = try PinnedThread(name: "lane") {
            cpu.makeRoom()
            batches.change { $0 += 1 }
        }
        guard case .verify? = gpu.take() else {
            Issue.record("the claim is there")
            return
        }
        #expect(batches.withLock { $0 } == 0)
        gpu.done()
        try await eventually("the lane's next batch") { batches.withLock { $0 } == 1 }
        lane.join()
        cpu.leave()
        // A run that ends takes its claims with it.
        cpu.enter()
        _ = gpu.put(claim(2))
        #expect(drain(gpu) == ["verify 2"])
        cpu.makeRoom()
    }

    /// The thread that hashes a candidate is moved to the unit of a lane that rests, whichever of both comes first, and the
    /// lane does not go on before the candidate is hashed.
    @Test(arguments: [false, true])
    func aCandidateHasTheUnitOfALaneThatRests(restsFirst: Bool) async throws {
        let unit = try #require(AllowedUnits.current()?.max())
        let topology = try Topology()
        let (queue, resting) = busyQueue(claims: 1)
        let lane = Monitor("before")
        func startLane() throws -> PinnedThread {
            try PinnedThread(name: "lane") {
                queue.makeRoom(on: unit)
                lane.change { $0 = "after" }
            }
        }
        let early = restsFirst ? try startLane() : nil
        let (step, seen) = (Monitor(0), Monitor<[Set<Int>?]>([]))
        let verifier = try PinnedThread(name: "verifier") {
            guard case .verify? = queue.take(), let thread = MovableThread(onUnitsOf: topology) else { return }
            let home = AllowedUnits.current()
            resting.add(thread)
            defer { resting.remove(thread) }
            resting.begin(thread)
            // Until the unit has been given.
            while AllowedUnits.current() != [unit] { sched_yield() }
            let during = AllowedUnits.current()
            step.change { $0 = 1 }
            step.wait { $0 == 2 ? () : nil }
            resting.end(thread)
            queue.done()
            // The lane goes on, and the thread waits where it did.
            while AllowedUnits.current() != home { sched_yield() }
            seen.change { $0 = [home, during, AllowedUnits.current()] }
        }
        let late = restsFirst ? nil : try startLane()
        try await eventually("the unit") { step.withLock { $0 } == 1 }
        #expect(lane.withLock { $0 } == "before")
        step.change { $0 = 2 }
        for thread in [early, late, verifier].compactMap({ $0 }) { await thread.joined() }
        let sets = seen.withLock { $0 }
        #expect(sets.count == 3 && sets[1] == [unit] && sets[0] == sets[2])
        #expect(lane.withLock { $0 } == "after")
        queue.leave()
    }

    /// A unit is given to one candidate at a time, and to the next one while its lane goes on resting.
    @Test func aUnitServesOneCandidateAfterTheOther() async throws {
        let unit = try #require(AllowedUnits.current()?.max())
        let topology = try Topology()
        let (queue, resting) = busyQueue(claims: 2)
        let lane = try PinnedThread(name: "lane") { queue.makeRoom(on: unit) }
        let placed = Monitor<[Set<Int>?]>([])
        let verifier = try PinnedThread(name: "verifier") {
            guard let thread = MovableThread(onUnitsOf: topology) else { return }
            resting.add(thread)
            defer { resting.remove(thread) }
            for _ in 0..<2 {
                guard case .verify? = queue.take() else { return }
                resting.begin(thread)
                while AllowedUnits.current() != [unit] { sched_yield() }
                placed.change { $0.append(AllowedUnits.current()) }
                resting.end(thread)
                queue.done()
            }
        }
        await verifier.joined()
        await lane.joined()
        #expect(placed.withLock { $0 } == [[unit], [unit]])
        queue.leave()
    }
}
