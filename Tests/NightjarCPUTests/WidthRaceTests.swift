import NightjarCPU
import Testing

/// How a lane finds out how many RandomX hashes are best side by side.
@Suite struct WidthRaceTests {
    /// The winner, where `time` says how long the batch with that number took with a width; and the order of trial.
    private func winner(_ widths: Int, _ time: (_ width: Int, _ batch: Int) -> Int) -> (winner: Int?, order: [Int]) {
        var race = WidthRace(widths: widths)
        var order: [Int] = []
        for batch in 0..<1000 {
            let width = race.next
            order.append(width)
            if let winner = race.note(.milliseconds(time(width, batch))) {
                #expect(winner.remark.contains("\(widths)"))
                return (winner.width, order)
            }
        }
        return (nil, order)
    }

    @Test(arguments: 1...4)
    func theFastestWins(fastest: Int) {
        let (winner, order) = winner(4) { width, _ in width == fastest ? 40 : 42 + width }
        #expect(winner == fastest)
        // Turn by turn, all as often.
        #expect(order.count % 4 == 0)
        #expect(order == order.indices.map { $0 % 4 + 1 })
    }

    /// What disturbs a few batches, or makes a few short, decides nothing.
    @Test func outliersDecideNothing() {
        #expect(winner(3) { width, batch in width == 2 && batch % 12 == 1 ? 4000 : 50 - width }.winner == 3)
        #expect(winner(3) { width, batch in width == 2 ? (batch % 4 == 1 ? 4000 : 40) : 50 }.winner == 2)
        #expect(winner(3) { width, batch in width == 1 && batch < 6 ? 1 : 50 - width }.winner == 3)
    }

    /// The narrower one, which takes new jobs up no later.
    @Test func equalOnes() {
        #expect(winner(4) { _, _ in 7 }.winner == 1)
        #expect(winner(1) { _, _ in 7 }.winner == 1)
    }
}
