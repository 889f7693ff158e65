import NightjarCPU
import Testing

/// How lanes that share a cache find out how many hashes are best at once, and find out when that changes.
@Suite(.timeLimit(.minutes(10))) struct WidthWatchTests {
    /// A machine whose lanes hash as their watch tells them.
    private struct Machine {
        /// Hashes per second of a lane whose batch is so wide, when all lanes have so many hashes at once, at a time.
        typealias Rate = (_ width: Int, _ all: Int, _ time: Double) -> Double

        struct Batch {
            var turn: WidthWatch.Turn
            var counts: Bool
            var begin: Double
            var end: Double
        }

        var watch: WidthWatch
        var ended: [Batch] = []
        private var lanes: [Batch] = []
        private let rate: Rate

        init(_ widths: ClosedRange<Int>, tries: Bool = false, lanes count: Int = 1, rate: @escaping Rate) {
            watch = WidthWatch(widths, tries: tries)
            self.rate = rate
            for _ in 0..<count { watch.join() }
            // They do not begin together.
            for lane in 0..<count { lanes.append(begun(at: Double(lane) * 0.003)) }
        }

        private mutating func begun(at time: Double) -> Batch {
            let turn = watch.turn
            let all = lanes.reduce(turn.width) { $0 + ($1.end > time ? $1.turn.width : 0) }
            return Batch(
                turn: turn, counts: watch.begin(turn), begin: time,
                end: time + Double(turn.width) / rate(turn.width, all, time))
        }

        mutating func run(until time: Double) {
            while let next = lanes.indices.min(by: { lanes[$0].end < lanes[$1].end }), lanes[next].end < time {
                let batch = lanes[next]
                watch.end(batch.turn, rate: batch.counts ? Double(batch.turn.width) / (batch.end - batch.begin) : nil)
                ended.append(batch)
                lanes[next] = begun(at: batch.end)
            }
        }

        /// Hashes that were made since a time.
        func hashes(since time: Double, of width: Int? = nil) -> Int {
            ended.reduce(0) { $0 + ($1.begin >= time && (width ?? $1.turn.width) == $1.turn.width ? $1.turn.width : 0) }
        }
    }

    @Test(arguments: [1, 2, 4, 7], [1, 2, 16])
    func theFastestWins(fastest: Int, lanes: Int) {
        var machine = Machine(1...8, tries: true, lanes: lanes) { width, _, _ in
            width == fastest ? 100 : 96 - Double(width)
        }
        #expect(machine.watch.turn.isTrial && machine.watch.turn.fastest == nil)
        machine.run(until: 40)
        #expect(machine.watch.turn.fastest == fastest)
        #expect(!machine.watch.turn.isTrial)
        // Nearly all batches are the fastest's, and none of the others is forgotten.
        machine.run(until: 400)
        #expect(machine.hashes(since: 40, of: fastest) > machine.hashes(since: 40) * 9 / 10)
        for width in 1...8 where width != fastest { #expect(machine.hashes(since: 40, of: width) >= 3 * width * lanes) }
    }

    /// One lane alone gains by taking the others' share of the cache, and with all at that width each is slower than
    /// before.
    @Test(arguments: [2, 3, 16]) func nobodyTakesFromTheOthers(lanes: Int) {
        var machine = Machine(1...8, tries: true, lanes: lanes) { width, all, _ in
            let hit = min(1, 3 * Double(lanes) / Double(all))
            return 100 * Double(width) / (Double(width) + 4) * hit
        }
        machine.run(until: 60)
        #expect(machine.watch.turn.fastest == 3)
    }

    /// A trial leaves four for work to decide, and who is far behind has no more than three rounds of it.
    @Test func aTrialLeavesFour() {
        var machine = Machine(1...8, tries: true) { width, _, _ in [10, 90, 100, 95, 30, 85, 84, 83][width - 1] }
        var candidates: [Int] = []
        while candidates.isEmpty {
            machine.run(until: (machine.ended.last?.end ?? 0) + 0.2)
            if !machine.watch.turn.isTrial { candidates = machine.watch.comparedWidths }
        }
        #expect(candidates == [2, 3, 4, 6])
        let trial = machine.ended.filter(\.turn.isTrial).map(\.turn.width)
        #expect([1, 5].allSatisfy { width in trial.count { $0 == width } == 3 })
        #expect([2, 3, 4, 6, 7, 8].allSatisfy { width in trial.count { $0 == width } == 4 })
    }

    /// A trial that is wrong of one that work would find the fastest: it is seen later.
    @Test func aTrialMayBeWrong() {
        var trial = true
        var machine = Machine(1...4, tries: true) { width, _, _ in (width == 1) == trial ? 100 : 40 + Double(width) }
        machine.run(until: 1)
        #expect(machine.watch.turn.fastest == 1)
        trial = false
        machine.run(until: 200)
        #expect(machine.watch.turn.fastest != 1)
        #expect(machine.hashes(since: 150) > 50 * 90)
    }

    /// Rounds that vary by half, as those of a machine do whose cache others use too: what is best on the whole wins.
    @Test(arguments: 1...20) func whatVariesIsAveraged(seed: UInt64) {
        var state = seed &* 0x9E37_79B9_7F4A_7C15
        var machine = Machine(1...8, tries: true, lanes: 2) { width, _, _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let noise = Double(state >> 40) / Double(1 << 24)
            return (width == 3 ? 100 : 75 - Double(width)) * (0.75 + 0.5 * noise)
        }
        machine.run(until: 300)
        #expect(machine.watch.turn.fastest == 3)
        #expect(machine.hashes(since: 0, of: 3) > machine.hashes(since: 0) * 7 / 10)
    }

    /// Batches beside which another width is hashed say nothing: here they would say that 1 is the fastest.
    @Test func mixedBatchesSayNothing() {
        var machine = Machine(1...2, lanes: 4) { width, all, _ in
            all == 4 * width ? (width == 2 ? 100 : 80) : (width == 1 ? 1000 : 10)
        }
        machine.run(until: 60)
        #expect(machine.watch.turn.fastest == 2)
    }

    /// The narrower one, which takes new jobs up no later; and one alone.
    @Test func equalOnes() {
        var machine = Machine(1...4) { _, _, _ in 7 }
        machine.run(until: 500)
        #expect(machine.watch.turn.fastest == 1)
        var alone = Machine(5...5, tries: true) { _, _, _ in 7 }
        #expect(alone.watch.turn.fastest == 5 && !alone.watch.turn.isTrial)
        alone.run(until: 50)
        #expect(alone.watch.turn.fastest == 5)
    }

    @Test func aMachineThatChangesIsFollowed() {
        var machine = Machine(2...3, lanes: 2) { width, _, time in (width == 2) == (time < 100) ? 50 : 40 }
        machine.run(until: 100)
        #expect(machine.watch.turn.fastest == 2)
        machine.run(until: 300)
        #expect(machine.watch.turn.fastest == 3)
        #expect(machine.hashes(since: 200, of: 3) > machine.hashes(since: 200) * 9 / 10)
        // What is faster by a hair changes nothing.
        var hair = Machine(2...3) { width, _, time in time < 10 ? Double(60 - width) : width == 2 ? 50 : 50.2 }
        hair.run(until: 300)
        #expect(hair.watch.turn.fastest == 2)
    }

    /// Lanes that rest, or have gone, hold nobody up.
    @Test func lanesThatRest() {
        var machine = Machine(1...2, lanes: 1) { width, _, _ in Double(10 * width) }
        for _ in 0..<3 { machine.watch.join() }
        machine.run(until: 100)
        #expect(machine.watch.turn.fastest == 2)
        for _ in 0..<3 { machine.watch.leave() }
        machine.run(until: 200)
        #expect(machine.watch.turn.fastest == 2)
        #expect(machine.hashes(since: 100) > 1500)
    }
}
