import NightjarCPU
import Testing

/// How lanes that share a cache find out how many hashes are best at once, and find out when that changes.
@Suite(.timeLimit(.minutes(10))) struct WidthWatchTests {
    @Test(arguments: [1, 2, 4, 7], [1, 2, 16])
    func theFastestWins(fastest: Int, lanes: Int) {
        var machine = WidthMachine(1...8, lanes: lanes) { width, _, _ in
            width == fastest ? 100 : 96 - Double(width)
        }
        #expect(machine.watch.turn.fastest == nil)
        machine.run(until: 10)
        #expect(machine.watch.turn.fastest == fastest)
        machine.run(until: 40)
        #expect(machine.watch.turn.fastest == fastest)
        // Tries of the others lose little, and none of them is forgotten.
        machine.run(until: 400)
        #expect(machine.hashes(since: 40, of: fastest) > machine.hashes(since: 40) * 8 / 10)
        #expect(Double(machine.hashes(since: 40)) > 0.985 * 360 * 100 * Double(lanes))
        for width in 1...8 where width != fastest { #expect(machine.hashes(since: 40, of: width) >= 3 * width * lanes) }
    }

    /// One lane alone gains by taking the others' share of the cache, and with all at that width each is slower than
    /// before.
    @Test(arguments: [2, 3, 16]) func nobodyTakesFromTheOthers(lanes: Int) {
        var machine = WidthMachine(1...8, lanes: lanes) { width, all, _ in
            let hit = min(1, 3 * Double(lanes) / Double(all))
            return 100 * Double(width) / (Double(width) + 4) * hit
        }
        machine.run(until: 60)
        #expect(machine.watch.turn.fastest == 3)
    }

    /// What is known of the processor says where to begin, and rates decide.
    @Test(arguments: [1, 3, 5, 8, 100]) func itBeginsAnywhere(first: Int) {
        var machine = WidthMachine(1...8, first: first) { width, _, _ in width == 4 ? 100 : 95 }
        #expect(machine.watch.turn.width == min(first, 8))
        machine.run(until: 10)
        #expect(machine.watch.turn.fastest == 4)
    }

    /// A width that is far behind is tried once in a while, and a close one often.
    @Test func whatIsFarBehindIsTriedRarely() {
        var machine = WidthMachine(1...3, first: 2) { width, _, _ in [60, 100, 98][width - 1] }
        machine.run(until: 300)
        let (far, near) = (machine.hashes(since: 20, of: 1), machine.hashes(since: 20, of: 3) / 3)
        #expect(far > 0 && near > 4 * far)
    }

    /// Rounds that vary by half, as those of a machine do whose cache others use too: what is best on the whole wins.
    @Test(arguments: 1...20) func whatVariesIsAveraged(seed: UInt64) {
        var state = seed &* 0x9E37_79B9_7F4A_7C15
        var machine = WidthMachine(1...8, lanes: 2) { width, _, _ in
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
        var machine = WidthMachine(1...2, lanes: 4) { width, all, _ in
            all == 4 * width ? (width == 2 ? 100 : 80) : (width == 1 ? 1000 : 10)
        }
        machine.run(until: 60)
        #expect(machine.watch.turn.fastest == 2)
    }

    /// What is no slower stays; and one alone.
    @Test func equalOnes() {
        var machine = WidthMachine(1...4, first: 2) { _, _, _ in 7 }
        machine.run(until: 500)
        #expect(machine.watch.turn.fastest == 2)
        #expect(machine.ended.allSatisfy { $0.turn.best == 2 })
        var alone = WidthMachine(5...5) { _, _, _ in 7 }
        #expect(alone.watch.turn.fastest == 5)
        alone.run(until: 50)
        #expect(alone.watch.turn.fastest == 5)
    }

    @Test func aMachineThatChangesIsFollowed() {
        var machine = WidthMachine(2...3, lanes: 2) { width, _, time in (width == 2) == (time < 100) ? 50 : 40 }
        machine.run(until: 100)
        #expect(machine.watch.turn.fastest == 2)
        machine.run(until: 300)
        #expect(machine.watch.turn.fastest == 3)
        #expect(machine.hashes(since: 200, of: 3) > machine.hashes(since: 200) * 9 / 10)
        // What is faster by a hair changes nothing.
        var hair = WidthMachine(2...3) { width, _, time in time < 10 ? Double(60 - width) : width == 2 ? 50 : 50.2 }
        hair.run(until: 300)
        #expect(hair.watch.turn.fastest == 2)
    }

    /// Lanes that rest, or have gone, hold nobody up.
    @Test func lanesThatRest() {
        var machine = WidthMachine(1...2, lanes: 1) { width, _, _ in Double(10 * width) }
        for _ in 0..<3 { machine.watch.join() }
        machine.run(until: 100)
        #expect(machine.watch.turn.fastest == 2)
        for _ in 0..<3 { machine.watch.leave() }
        machine.run(until: 200)
        #expect(machine.watch.turn.fastest == 2)
        #expect(machine.hashes(since: 100) > 1500)
    }
}
