/// The order in which machines run their iterations, and when they prefetch dataset items.
///
/// While a processor looks up a prefetched address in the page tables, it cannot retire later instructions; it
/// continues only until its reorder buffer is full. When the look-up goes to memory, through two page tables in a
/// virtual machine, it takes much of an iteration's time. Several look-ups can wait at the same time. So all machines
/// run an iteration each, and then all of them prefetch.
///
/// Switching to another machine usually costs a change of rounding mode. So the order is reversed after each prefetch,
/// and the last machine of a pass is the first of the next one. Then there are two kinds of iteration, which differ only
/// in what follows them. One bit, the phase, tells the kind, so that each program's code exists once.
///
/// An item is prefetched in the pass in which it is named, also where it is read only two iterations later, as in v2:
/// memory takes longer than an iteration. To wait for a second item of the same machine costs more than it saves.
package struct IterationSchedule: Sendable {
    /// What comes after an iteration.
    package struct End: Sendable {
        /// Whether all waiting items are prefetched now.
        package let prefetches: Bool
        /// The machine that runs next.
        package let next: Int
        /// The phase that it runs in.
        package let phase: Int
        /// Whether it is the machine's last iteration in a period.
        package let isLast: Bool
        /// Whether it is a period's last iteration.
        package let endsPeriod: Bool
    }

    package let machines: Int
    /// The number of phases, 1 or 2. The first iteration is the first machine's, in phase 0.
    package let phases: Int
    private let ends: [End]

    /// Each machine's iterations in a period. After a period everything repeats.
    package var period: Int { phases }

    package init(machines: Int) {
        self.machines = machines
        if machines == 1 {
            phases = 1
            ends = [End(prefetches: true, next: 0, phase: 0, isLast: true, endsPeriod: true)]
        } else {
            phases = 2
            ends = (0..<machines).flatMap { Self.forthAndBack($0, of: machines) }
        }
    }

    /// Machines whose items are computed together: after each iteration they wait for each other, and nothing is
    /// prefetched.
    package init(together machines: Int) {
        self.machines = machines
        phases = 1
        ends = (0..<machines).map { machine in
            let closes = machine + 1 == machines
            return End(
                prefetches: false, next: closes ? 0 : machine + 1, phase: 0, isLast: true, endsPeriod: closes)
        }
    }

    /// One iteration in the pass from the first machine to the last, and one in the pass back.
    private static func forthAndBack(_ machine: Int, of machines: Int) -> [End] {
        let turns = machine + 1 == machines, closes = machine == 0
        return [
            End(
                prefetches: turns, next: turns ? machine : machine + 1, phase: turns ? 1 : 0,
                isLast: false, endsPeriod: false),
            End(
                prefetches: closes, next: closes ? 0 : machine - 1, phase: closes ? 0 : 1,
                isLast: true, endsPeriod: closes),
        ]
    }

    /// What comes after an iteration of `machine` in `phase`.
    package func end(_ machine: Int, phase: Int) -> End { ends[machine * phases + phase] }
}
