import NightjarMiner
import Testing

/// Time shared between pools by their weights, on a clock that the test moves.
@Suite(.timeLimit(.minutes(5))) struct TurnClockTests {
    /// The seconds that each pool had, a look a second.
    private func seconds(_ weights: [Double], slice: Double, for time: Int) -> [Double] {
        var clock = TurnClock(weights, slice: slice)
        var pool = clock.begin().pool
        var had = [Double](repeating: 0, count: weights.count)
        for _ in 0..<time {
            had[pool] += 1
            if let turn = clock.pass(1) { pool = turn.pool }
        }
        return had
    }

    @Test func threeToOneOverAnHour() {
        for slice in [600.0, 300, 60, 10] {
            let had = seconds([3, 1], slice: slice, for: 3600)
            #expect(abs(had[0] - 2700) <= 54 && abs(had[1] - 900) <= 18, "\(slice): \(had)")
        }
    }

    @Test(arguments: [[1.0, 1], [5, 3, 2], [1, 9], [0.25, 0.75], [7, 1, 1, 1]])
    func anyWeightsOverADay(_ weights: [Double]) {
        let had = seconds(weights, slice: 600, for: 86_400)
        let sum = weights.reduce(0, +)
        for (weight, time) in zip(weights, had) {
            let part = weight / sum
            #expect(abs(time / 86_400 - part) <= 0.01 * max(part, 0.2), "\(weights): \(had)")
        }
    }

    @Test func turnsAreToldInPartsOfASliceAtMost() {
        var clock = TurnClock([3, 1], slice: 600)
        var turns = [clock.begin()]
        while turns.count < 5 { if let turn = clock.pass(1) { turns.append(turn) } }
        #expect(turns.map(\.pool) == [0, 1, 0, 1, 0])
        #expect(turns.map { $0.seconds.rounded() } == [300, 200, 600, 200, 600])
        // A pool that has nearly all the time: its turn is long, and the other's not too short to be of use.
        clock = TurnClock([1000, 1], slice: 600)
        turns = [clock.begin()]
        while turns.last?.pool == 0 { if let turn = clock.pass(1) { turns.append(turn) } }
        #expect(turns.allSatisfy { $0.seconds <= 600 } && turns.last?.seconds.rounded() == 30)
    }

    /// A machine that slept through the night goes on with its turns and does not make up for all of it.
    @Test func aLongPauseIsNotMadeUpFor() {
        var clock = TurnClock([1, 1], slice: 600)
        _ = clock.begin()
        let turn = clock.pass(1e9)
        #expect(turn != nil)
        #expect(clock.pass(-5) == nil && clock.pass(0) == nil)
    }
}
