/// In what order machines run their iterations, and when they prefetch dataset items: the body of the loop that compiled
/// programs are.
///
/// A processor that looks up a prefetched address in the page tables can't retire what comes after until it has it, and goes
/// on for as long as its reorder buffer has room. Where a look-up goes to memory - two page tables deep in a virtual machine -
/// that is much of an iteration's time. Look-ups beside each other wait together: so machines run an iteration each, and
/// then all of them prefetch.
///
/// Turning from a machine to another costs a change of rounding mode as a rule. So the order is turned round after each
/// prefetch, and the last machine of a round is the first of the next one; or, where an iteration names the item that the
/// iteration after the next one reads, a machine runs two iterations at its turn.
package struct Schedule: Sendable {
    package struct Turn: Sendable {
        package let machine: Int
        /// Which of the machine's items, that are to be prefetched, the iteration names.
        package let item: Int
        /// Whether the machine ran the iteration before.
        package let follows: Bool
        /// Whether the machine runs the iteration after.
        package let goesOn: Bool
        /// Whether it is the machine's last one in the loop's body.
        package let isLast: Bool
        /// Whether all items that have been named since the last time are prefetched at its end.
        package let prefetches: Bool
    }

    package let machines: Int
    package let turns: [Turn]
    /// Iterations of each machine in the loop's body.
    package let rounds: Int
    /// How many items of each machine are prefetched at a time.
    package let items: Int

    /// - Parameter ahead: how many iterations before it is read an item is named, 1 or 2.
    package init(machines: Int, ahead: Int) {
        let order: [(machine: Int, item: Int)]
        let forth = 0..<machines
        if ahead == 2 {
            order = forth.flatMap { [($0, 0), ($0, 1)] }
            rounds = 2
        } else if machines == 1 {
            order = [(0, 0)]
            rounds = 1
        } else {
            order = forth.map { ($0, 0) } + forth.reversed().map { ($0, 0) }
            rounds = 2
        }
        items = ahead
        self.machines = machines
        let pieces = machines * ahead
        turns = order.enumerated().map { index, turn in
            let before = order[(index + order.count - 1) % order.count], after = order[(index + 1) % order.count]
            return Turn(
                machine: turn.machine, item: turn.item, follows: before.machine == turn.machine,
                goesOn: after.machine == turn.machine,
                isLast: !order[(index + 1)...].contains { $0.machine == turn.machine },
                prefetches: (index + 1) % pieces == 0)
        }
    }
}
