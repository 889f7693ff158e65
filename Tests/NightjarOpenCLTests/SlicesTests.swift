import NightjarOpenCL
import Testing

/// Long loops are cut into launches.
@Suite("Slices of long loops", .timeLimit(.minutes(20))) struct SlicesTests {
    @Test("The parts are the loop, in order", arguments: [(1, 1), (7, 20), (20, 7), (512, 2048), (2048, 2048)])
    func parts(first: Int, whole: Int) {
        let slices = Slices(first: first, whole: whole, milliseconds: 0)
        #expect(slices.parts.flatMap { $0 } == Array(0..<whole))
        #expect(slices.parts.allSatisfy { !$0.isEmpty && $0.count <= first })
    }

    @Test("A launch takes as long as it may, and all take the same")
    func measured() {
        var slices = Slices(first: 16, whole: 2048, unit: 2, milliseconds: 50)
        // 8 programs of 2048 turns in 1.58 s: 0.2 s each, of which a quarter may be a launch.
        slices.note(seconds: 1.58, turns: 8 * 2048)
        #expect(slices.size == 512)
        // A third slower: that is 5.33 launches, so six of 342 turns.
        slices.note(seconds: 2.133, turns: 8 * 2048)
        #expect(slices.size == 342 && Array(slices.parts).count == 6)
        // Only a little faster: the size stays, so that it does not swing.
        slices.note(seconds: 1.58, turns: 8 * 2048)
        #expect(slices.size == 342)
        slices.note(seconds: 0.1, turns: 8 * 2048)
        #expect(slices.size == 2048 && Array(slices.parts) == [0..<2048])
    }

    @Test("After any measurement, sizes are whole units, at least one and at most all")
    func bounds() {
        var slices = Slices(first: 100, whole: 21, unit: 2, milliseconds: 50)
        #expect(slices.size == 21)
        slices.note(seconds: 1e9, turns: 21)
        #expect(slices.size == 2)
        slices.note(seconds: 1e-12, turns: 21)
        #expect(slices.size == 21)
        for (seconds, turns) in [(0.0, 21), (-1, 21), (1, 0), (.nan, 21)] {
            slices.note(seconds: seconds, turns: turns)
            #expect(slices.size == 21)
        }
    }

    @Test("No launch has more turns than it may")
    func most() {
        var slices = Slices(first: 100, whole: 1000, most: 40, milliseconds: 50)
        #expect(slices.size == 40)
        slices.note(seconds: 1e-9, turns: 1000)
        #expect(slices.size == 40 && slices.parts.map(\.count).max() == 40)
        slices.note(seconds: 10, turns: 1000)
        #expect(slices.size == 5)
    }

    @Test("Without a limit, measurements change nothing")
    func fixed() {
        var slices = Slices(first: 5, whole: 100, milliseconds: 0)
        slices.note(seconds: 1000, turns: 100)
        slices.note(seconds: 1e-9, turns: 100)
        #expect(slices.size == 5)
    }
}
