import CHwloc
import Glibc
import NightjarCore
import NightjarPlatform

/// The machine as hwloc sees it: which processing units this process may use, in which cores, under which caches.
///
/// Unchecked: hwloc allows concurrent use of a topology that is not changed after loading, and this one is not.
package final class Topology: @unchecked Sendable {
    private let handle: hwloc_topology_t
    /// What lanes are chosen from.
    package let layout: ProcessorLayout

    /// This machine, less what the process's affinity mask and control groups keep from it.
    package convenience init() throws(DeviceError) {
        try self.init(synthetic: nil, affinity: nil)
    }

    /// - Parameters:
    ///   - synthetic: hwloc's description of a machine to pretend, for tests; `nil` for this one.
    ///   - affinity: the units, by the system's index, that the process is to be thought bound to; `nil` asks the
    ///     system.
    package init(synthetic: String?, affinity: [Int]?) throws(DeviceError) {
        var loaded: hwloc_topology_t?
        try hwloc("hwloc_topology_init", hwloc_topology_init(&loaded))
        guard let handle = loaded else { throw DeviceError(device: .cpu, reason: "hwloc_topology_init gave nothing") }
        do {
            // Units that others may use are kept in the picture: they share the caches.
            try hwloc(
                "hwloc_topology_set_flags",
                hwloc_topology_set_flags(handle, UInt(HWLOC_TOPOLOGY_FLAG_INCLUDE_DISALLOWED.rawValue)))
            if let synthetic {
                try hwloc("hwloc_topology_set_synthetic", hwloc_topology_set_synthetic(handle, synthetic))
            }
            try hwloc("hwloc_topology_load", hwloc_topology_load(handle))
            let usable = try Self.usable(handle, affinity: affinity)
            defer { hwloc_bitmap_free(usable) }
            layout = Self.layout(
                handle, usable: usable, quota: synthetic == nil ? CPUQuota.current() : nil)
        } catch {
            hwloc_topology_destroy(handle)
            throw error
        }
        self.handle = handle
    }

    deinit { hwloc_topology_destroy(handle) }

    /// Binds the calling thread to one processing unit, by the system's index.
    package func pinThread(to unit: Int) throws(DeviceError) {
        let set = hwloc_bitmap_alloc()
        defer { hwloc_bitmap_free(set) }
        try hwloc("hwloc_bitmap_only", hwloc_bitmap_only(set, UInt32(unit)))
        try hwloc("hwloc_set_cpubind", hwloc_set_cpubind(handle, set, Int32(HWLOC_CPUBIND_THREAD.rawValue)))
    }

    /// Binds the calling thread to some processing units, by the system's index; to none in particular where that
    /// fails.
    package func bindThread(to units: [Int]) {
        let set = hwloc_bitmap_alloc()
        defer { hwloc_bitmap_free(set) }
        for unit in units { hwloc_bitmap_set(set, UInt32(unit)) }
        _ = hwloc_set_cpubind(handle, set, Int32(HWLOC_CPUBIND_THREAD.rawValue))
    }

    /// Says that memory is to be taken from a NUMA node, by the system's index, when it is first touched.
    ///
    /// Where that fails, the memory is as good as any, only farther away.
    package func bind(_ memory: UnsafeMutableRawBufferPointer, toNode node: Int) {
        let set = hwloc_bitmap_alloc()
        defer { hwloc_bitmap_free(set) }
        hwloc_bitmap_set(set, UInt32(node))
        _ = hwloc_set_area_membind(
            handle, memory.baseAddress, memory.count, set, HWLOC_MEMBIND_BIND, Int32(HWLOC_MEMBIND_BYNODESET.rawValue))
    }

    /// Bytes that a dataset could have on a NUMA node: of the 2 MiB pages set aside there, or of what is free,
    /// whichever is more. All of the node's memory on a machine that is pretended.
    package func available(on node: ProcessorLayout.Node) -> Int {
        guard hwloc_topology_is_thissystem(handle) != 0 else { return node.memory }
        let directory = "/sys/devices/system/node/node\(node.index)/"
        let huge = TextFile.integer(directory + "hugepages/hugepages-2048kB/free_hugepages") ?? 0
        var free = 0
        for line in (TextFile.read(directory + "meminfo") ?? "").split(separator: "\n") {
            // "Node 0 MemFree: 1234 kB"; what only repeats files can be had too.
            let words = line.split(separator: " ", omittingEmptySubsequences: true)
            if words.count >= 4, ["MemFree:", "Inactive(file):"].contains(words[2]) {
                free += (Int(words[3]) ?? 0) * 1024
            }
        }
        return max(huge * HugePages.pageSize, free)
    }

    /// The processing units that the calling thread is bound to, by the system's index.
    package func threadUnits() throws(DeviceError) -> [Int] {
        let set = hwloc_bitmap_alloc()
        defer { hwloc_bitmap_free(set) }
        try hwloc("hwloc_get_cpubind", hwloc_get_cpubind(handle, set, Int32(HWLOC_CPUBIND_THREAD.rawValue)))
        return units(set)
    }

    /// What the topology allows, less what the process is not bound to. The caller frees it.
    private static func usable(_ handle: hwloc_topology_t, affinity: [Int]?) throws(DeviceError) -> hwloc_bitmap_t? {
        let usable = hwloc_bitmap_dup(hwloc_topology_get_allowed_cpuset(handle))
        let bound = hwloc_bitmap_alloc()
        defer { hwloc_bitmap_free(bound) }
        if let affinity {
            for unit in affinity { hwloc_bitmap_set(bound, UInt32(unit)) }
        } else if hwloc_topology_is_thissystem(handle) == 0
            || hwloc_get_cpubind(handle, bound, Int32(HWLOC_CPUBIND_PROCESS.rawValue)) != 0
        {
            // A machine that is pretended, or a system that cannot tell: nothing is known to be kept from us.
            hwloc_bitmap_fill(bound)
        }
        hwloc_bitmap_and(usable, usable, bound)
        guard hwloc_bitmap_iszero(usable) == 0 else {
            hwloc_bitmap_free(usable)
            throw DeviceError(device: .cpu, reason: "this process may use no processing unit")
        }
        return usable
    }

    private static func layout(
        _ handle: hwloc_topology_t, usable: hwloc_bitmap_t?, quota: Double?
    ) -> ProcessorLayout {
        // Some virtual machines and old kernels show no cores; then each processing unit is taken for one.
        let type = hwloc_get_nbobjs_by_type(handle, HWLOC_OBJ_CORE) > 0 ? HWLOC_OBJ_CORE : HWLOC_OBJ_PU
        var caches: [ProcessorLayout.Cache] = []
        var seen: [hwloc_obj_t: Int] = [:]
        var cores: [ProcessorLayout.Core] = []
        var total = 0
        for number in 0..<max(0, Int(hwloc_get_nbobjs_by_type(handle, type))) {
            guard let object = hwloc_get_obj_by_type(handle, type, UInt32(number)) else { continue }
            total += 1
            let set = hwloc_bitmap_dup(object.pointee.cpuset)
            defer { hwloc_bitmap_free(set) }
            hwloc_bitmap_and(set, set, usable)
            let units = units(set)

            var above: [Int] = []
            var next = object.pointee.parent
            while let ancestor = next {
                if hwloc_obj_type_is_dcache(ancestor.pointee.type) != 0, let attributes = ancestor.pointee.attr {
                    if seen[ancestor] == nil {
                        let inclusive = hwloc_obj_get_info_by_name(ancestor, "Inclusive").map { String(cString: $0) }
                        seen[ancestor] = caches.count
                        caches.append(
                            ProcessorLayout.Cache(
                                level: Int(attributes.pointee.cache.depth), bytes: Int(attributes.pointee.cache.size),
                                cores: 0, isInclusive: inclusive == "1"))
                    }
                    if let index = seen[ancestor], caches[index].level >= 2 {
                        caches[index].cores += 1
                        above.append(index)
                    }
                }
                next = ancestor.pointee.parent
            }
            if !units.isEmpty {
                cores.append(ProcessorLayout.Core(number: number, units: units, caches: above))
            }
        }
        return ProcessorLayout(
            cores: cores, totalCores: total, caches: caches, nodes: nodes(handle, usable: usable), quota: quota)
    }

    private static func nodes(_ handle: hwloc_topology_t, usable: hwloc_bitmap_t?) -> [ProcessorLayout.Node] {
        (0..<max(0, Int(hwloc_get_nbobjs_by_type(handle, HWLOC_OBJ_NUMANODE)))).compactMap { number in
            guard let object = hwloc_get_obj_by_type(handle, HWLOC_OBJ_NUMANODE, UInt32(number)),
                let attributes = object.pointee.attr
            else { return nil }
            let set = hwloc_bitmap_dup(object.pointee.cpuset)
            defer { hwloc_bitmap_free(set) }
            hwloc_bitmap_and(set, set, usable)
            return ProcessorLayout.Node(
                index: Int(object.pointee.os_index), units: units(set),
                memory: Int(attributes.pointee.numanode.local_memory))
        }
    }
}

/// A machine's cores and caches as plain values, with what this process may use of them.
package struct ProcessorLayout: Sendable, Hashable {
    package struct Cache: Sendable, Hashable {
        /// 2 for L2.
        package var level: Int
        package var bytes: Int
        /// Cores under it, those included that this process may not use.
        package var cores: Int
        /// Whether it repeats what the inner caches hold, as far as hwloc knows.
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

    /// A piece of memory that some cores are nearer to than others.
    package struct Node: Sendable, Hashable {
        /// The system's index.
        package var index: Int
        /// The processing units beside it that this process may use, by the system's index; none beside memory alone.
        package var units: [Int]
        /// All of its bytes.
        package var memory: Int
    }

    /// The cores with a unit that this process may use.
    package var cores: [Core]
    /// All the machine's cores.
    package var totalCores: Int
    package var caches: [Cache]
    /// The machine's NUMA nodes; one on most machines.
    package var nodes: [Node]
    /// How many units' worth of time the control group allows; `nil` without a limit.
    package var quota: Double?

    /// The outermost cache over a core, as an index into `caches`; `nil` if none is known.
    package func lastCache(core number: Int) -> Int? { cores.first { $0.number == number }?.caches.last }

    /// Processing units that this process may use.
    package var units: Int { cores.reduce(0) { $0 + $1.units.count } }
}

/// The one check of hwloc's calls: they return -1 and set `errno`.
private func hwloc(_ call: StaticString, _ result: Int32) throws(DeviceError) {
    guard result >= 0 else { throw DeviceError(device: .cpu, reason: "\(call): \(errorText(errno))") }
}

/// The indices in a bitmap, rising.
private func units(_ set: hwloc_const_bitmap_t?) -> [Int] {
    var units: [Int] = []
    var unit = hwloc_bitmap_first(set)
    while unit >= 0 {
        units.append(Int(unit))
        unit = hwloc_bitmap_next(set, unit)
    }
    return units
}
