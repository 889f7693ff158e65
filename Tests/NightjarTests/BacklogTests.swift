import Nightjar
import Testing

@Suite(.timeLimit(.minutes(1))) struct BacklogTests {
    @Test func elementsComeOutInTheirOrder() {
        var backlog = Backlog<Int>()
        var (next, expected) = (0, 0)
        // Batches of every small size, taken in parts of another size.
        for batch in 0..<200 {
            for _ in 0..<batch % 17 {
                backlog.append(next)
                next += 1
            }
            for _ in 0..<batch % 13 where !backlog.isEmpty {
                #expect(backlog.takeFirst() == expected)
                expected += 1
            }
            #expect(backlog.count == next - expected)
        }
        while let element = backlog.takeFirst() {
            #expect(element == expected)
            expected += 1
        }
        #expect(expected == next && backlog.takeFirst() == nil)
    }

    /// A burst of events must not cost memory for the rest of a run.
    @Test func aQueueThatWasLongGivesItsRoomBack() {
        var backlog = Backlog<Int>()
        for i in 0..<10_000 { backlog.append(i) }
        #expect(backlog.room >= 10_000)
        while backlog.takeFirst() != nil {}
        #expect(backlog.room <= 64)
        // A short one keeps what it has: an event at a time needs no new memory.
        backlog.append(1)
        let room = backlog.room
        #expect(backlog.takeFirst() == 1 && backlog.room == room)
    }
}
