/// The pages of memory that a device's lanes got.
public enum MemoryPages: String, Sendable, Hashable, CaseIterable {
    /// 1 GiB.
    case gigantic
    /// 2 MiB, out of the pool that `vm.nr_hugepages` sets aside.
    case huge
    /// 2 MiB, as the kernel gives them.
    case transparent
    /// 4 KiB as a rule.
    case plain
}

/// How a device runs an algorithm, as numbers and names. The sentences beside it say the same, and why.
public struct LaneFacts: Sendable, Hashable {
    /// CPU threads, or streams of launches on another device.
    public package(set) var lanes: Int
    /// Hashes that a lane has under way at once: the number that is fastest as far as it is known, a launch's on
    /// OpenCL; `nil` before anything is known.
    public package(set) var hashesAtOnce: Int?
    /// Of the scratchpads; the worst kind that any lane got. `nil` where there are none, or where a driver has them.
    public package(set) var scratchpadPages: MemoryPages?
    /// Of RandomX's dataset, in the same way; `nil` in light mode and for other families.
    public package(set) var datasetPages: MemoryPages?
    /// The processing units to which the CPU's lanes are bound, by the system's index, ascending; empty where none is bound.
    public package(set) var units: [Int]
    /// OpenCL launch settings by name; empty on the CPU.
    public package(set) var settings: [String: Int]

    package init(
        lanes: Int = 0, hashesAtOnce: Int? = nil, units: [Int] = [], settings: [String: Int] = [:]
    ) {
        self.lanes = lanes
        self.units = units
        self.hashesAtOnce = hashesAtOnce
        self.settings = settings
    }

    /// The same with a number of lanes.
    package func with(lanes: Int) -> LaneFacts {
        var facts = self
        facts.lanes = lanes
        return facts
    }

    /// Takes in what a lane tells of itself: the worst pages count, the latest word on hashes at once, and all units.
    package mutating func merge(_ lane: LaneFacts) {
        hashesAtOnce = lane.hashesAtOnce ?? hashesAtOnce
        scratchpadPages = Self.worse(scratchpadPages, lane.scratchpadPages)
        datasetPages = Self.worse(datasetPages, lane.datasetPages)
        units = Set(units).union(lane.units).sorted()
    }

    private static func worse(_ a: MemoryPages?, _ b: MemoryPages?) -> MemoryPages? {
        // The cases stand from the best to the worst.
        MemoryPages.allCases.last { $0 == a || $0 == b }
    }
}
