/// In what order machines run their iterations, and when they prefetch dataset items.
///
/// A processor that looks up a prefetched address in the page tables can't retire what comes after until it has it, and
/// goes on for as long as its reorder buffer has room. Where a look-up goes to memory - two page tables deep in a
/// virtual machine - that is much of an iteration's time. Look-ups beside each other wait together: so machines run an
/// iteration each, and then all of them prefetch.
///
/// Turning from a machine to another costs a change of rounding mode as a rule. So the order is turned round after each
/// prefetch, and the last machine of a pass is the first of the next one; or, where an iteration names the item that
/// the iteration after the next one reads, a machine runs two iterations at its turn.
///
/// Either way there are two kinds of iteration, and they differ in what comes after them alone: one bit, the phase,
/// says which kind it is, so that each program is there once.
package struct Schedule: Sendable {
    /// What comes after an iteration.
    package struct End: Sendable {
        /// Which of the machine's items that are to be prefetched the iteration named.
        package let item: Int
        /// Whether all items that have been named since the last time are prefetched.
        package let prefetches: Bool
        /// The machine that runs next.
        package let next: Int
        /// The phase that it runs in.
        package let phase: Int
        /// Whether it is the machine's last iteration in a round.
        package let isLast: Bool
        /// Whether it is a round's last iteration.
        package let endsRound: Bool
    }

    package let machines: Int
    /// How many phases there are, 1 or 2. The first iteration is the first machine's, in phase 0.
    package let phases: Int
    /// How many items of each machine are prefetched at a time.
    package let items: Int
    private let ends: [End]

    /// Iterations of each machine in a round, after which everything begins anew.
    package var rounds: Int { phases }

    /// - Parameter ahead: how many iterations before it is read an item is named, 1 or 2.
    package init(machines: Int, ahead: Int) {
        self.machines = machines
        items = ahead
        if ahead == 2 {
            phases = 2
            ends = (0..<machines).flatMap { Self.twice($0, of: machines) }
        } else if machines == 1 {
            phases = 1
            ends = [End(item: 0, prefetches: true, next: 0, phase: 0, isLast: true, endsRound: true)]
        } else {
            phases = 2
            ends = (0..<machines).flatMap { Self.forthAndBack($0, of: machines) }
        }
    }

    /// Two iterations at a turn.
    private static func twice(_ machine: Int, of machines: Int) -> [End] {
        let next = (machine + 1) % machines, closes = next == 0
        return [
            End(item: 0, prefetches: false, next: machine, phase: 1, isLast: false, endsRound: false),
            End(item: 1, prefetches: closes, next: next, phase: 0, isLast: true, endsRound: closes),
        ]
    }

    /// One iteration in the pass from the first machine to the last, and one in the pass back.
    private static func forthAndBack(_ machine: Int, of machines: Int) -> [End] {
        let turns = machine + 1 == machines, closes = machine == 0
        return [
            End(
                item: 0, prefetches: turns, next: turns ? machine : machine + 1, phase: turns ? 1 : 0,
                isLast: false, endsRound: false),
            End(
                item: 0, prefetches: closes, next: closes ? 0 : machine - 1, phase: closes ? 0 : 1,
                isLast: true, endsRound: closes),
        ]
    }

    /// What comes after an iteration of `machine` in `phase`.
    package func end(_ machine: Int, phase: Int) -> End { ends[machine * phases + phase] }
}
