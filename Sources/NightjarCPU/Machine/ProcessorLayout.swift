/// A machine's cores and caches as plain values, with the units that this process may use.
package struct ProcessorLayout: Sendable, Hashable {
    package struct Cache: Sendable, Hashable {
        /// 2 for L2.
        package var level: Int
        package var bytes: Int
        /// The number of cores under it, including those that this process may not use.
        package var cores: Int
        /// Whether it also holds what its inner caches hold, as far as hwloc knows.
        package var isInclusive: Bool
    }

    package struct Core: Sendable, Hashable {
        /// hwloc's logical index.
        package var number: Int
        /// The processing units that this process may use, by the system's index; not empty.
        package var units: [Int]
        /// The caches over it from L2 on, the innermost first, as indices into ``ProcessorLayout/caches``.
        package var caches: [Int]
    }

    /// A NUMA node: a part of the memory that is nearer to some cores than to others.
    package struct Node: Sendable, Hashable {
        /// The system's index.
        package var index: Int
        /// The processing units of the node that this process may use, by the system's index; empty for a node with
        /// memory only.
        package var units: [Int]
        /// All its bytes.
        package var memory: Int
    }

    /// The cores with a unit that this process may use.
    package var cores: [Core]
    /// All the machine's cores.
    package var totalCores: Int
    package var caches: [Cache]
    /// The machine's NUMA nodes; one on most machines.
    package var nodes: [Node]
    /// The processor time that the control group allows, in processing units; `nil` without a limit.
    package var quota: Double?

    /// A core's outermost cache, as an index into `caches`; `nil` when none is known.
    package func lastCache(core number: Int) -> Int? { cores.first { $0.number == number }?.caches.last }

    /// The number of processing units that this process may use.
    package var units: Int { cores.reduce(0) { $0 + $1.units.count } }
}
