import NightjarCPU
import Testing

/// How a lane finds out how many hashes are best at once, and finds out when that changes.
@Suite struct WidthWatchTests {
    /// The widths of `batches` batches, where `time` says how long a hash takes, and the fastest at the end.
    private func run(
        _ widths: [Int], batches: Int, _ time: (_ width: Int, _ batch: Int) -> Double
    ) -> (fastest: Int?, order: [Int]) {
        var watch = WidthWatch(widths: widths)
        var order: [Int] = []
        for batch in 0..<batches {
            let (width, before) = (watch.next, watch.fastest)
            order.append(width)
            let changed = watch.note(secondsPerHash: time(width, batch))
            #expect(changed == (watch.fastest != before))
        }
        return (watch.fastest, order)
    }

    @Test(arguments: [1, 2, 4, 7])
    func theFastestWins(fastest: Int) {
        let widths = [1, 2, 4, 7]
        let time = { (width: Int, _: Int) in width == fastest ? 40 : 42 + Double(width) }
        let (none, first) = run(widths, batches: 43, time)
        #expect(none == nil)
        // Turn by turn, all as often.
        #expect(first == first.indices.map { widths[$0 % 4] })
        let (winner, order) = run(widths, batches: 1044, time)
        #expect(winner == fastest)
        // Nearly all batches are the fastest's, and none of the others is forgotten.
        let later = order.dropFirst(44)
        #expect(later.count { $0 == fastest } >= 950)
        for width in widths where width != fastest { #expect(later.count { $0 == width } >= 10) }
    }

    /// What disturbs a few batches, or makes a few short, decides nothing.
    @Test func outliersDecideNothing() {
        let widths = [1, 2, 3]
        #expect(run(widths, batches: 33) { $0 == 2 && $1 % 12 == 1 ? 4000 : 50 - Double($0) }.fastest == 3)
        #expect(run(widths, batches: 33) { $0 == 2 ? ($1 % 4 == 1 ? 4000 : 40) : 50 }.fastest == 2)
        #expect(run(widths, batches: 33) { $0 == 1 && $1 < 6 ? 1 : 50 - Double($0) }.fastest == 3)
        // Later on, too.
        #expect(run(widths, batches: 2000) { $0 == 1 && $1 > 33 && $1 % 5 == 0 ? 1 : 50 - Double($0) }.fastest == 3)
    }

    /// The narrower one, which takes new jobs up no later; and one alone.
    @Test func equalOnes() {
        #expect(run([1, 2, 3, 4], batches: 2000) { _, _ in 7 }.fastest == 1)
        #expect(run([5], batches: 1) { _, _ in 7 }.fastest == 5)
    }

    @Test func aMachineThatChangesIsFollowed() {
        let time = { (width: Int, batch: Int) in (width == 2) == (batch < 1000) ? 40.0 : 50.0 }
        #expect(run([2, 3], batches: 1000, time).fastest == 2)
        let (fastest, order) = run([2, 3], batches: 3000, time)
        #expect(fastest == 3)
        #expect(order.suffix(1000).count { $0 == 3 } > 900)
        // What is faster by a hair changes nothing.
        #expect(run([2, 3], batches: 3000) { $1 < 1000 ? Double(40 + $0) : $0 == 2 ? 40 : 39.8 }.fastest == 2)
    }
}
