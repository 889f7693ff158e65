import CHwloc
import Glibc
import NightjarCore
import NightjarPlatform

/// The machine as hwloc sees it: the processing units that this process may use, their cores and their caches.
///
/// Unchecked: hwloc allows concurrent use of a topology that does not change after loading, and this one does not.
package final class Topology: @unchecked Sendable {
    private let handle: hwloc_topology_t
    /// The cores, units and caches from which lanes are chosen.
    package let layout: ProcessorLayout

    /// This machine, without the units that the process's affinity mask and control groups exclude.
    package convenience init() throws(NightjarError) {
        try self.init(synthetic: nil, affinity: nil)
    }

    /// - Parameters:
    ///   - synthetic: hwloc's description of a pretended machine, for tests; `nil` means the real one.
    ///   - affinity: the units to which the process seems bound, by the system's index, for tests; `nil` asks the
    ///     system.
    package init(synthetic: String?, affinity: [Int]?) throws(NightjarError) {
        var loaded: hwloc_topology_t?
        try hwloc("hwloc_topology_init", hwloc_topology_init(&loaded))
        guard let handle = loaded else { throw NightjarError(device: .cpu, reason: "hwloc_topology_init gave nothing") }
        do {
            // Keep the units that this process may not use: they share the caches.
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
    package func pinThread(to unit: Int) throws(NightjarError) {
        let set = hwloc_bitmap_alloc()
        defer { hwloc_bitmap_free(set) }
        try hwloc("hwloc_bitmap_only", hwloc_bitmap_only(set, UInt32(unit)))
        try hwloc("hwloc_set_cpubind", hwloc_set_cpubind(handle, set, Int32(HWLOC_CPUBIND_THREAD.rawValue)))
    }

    /// Binds the calling thread to some processing units, by the system's index. A failure is ignored.
    package func bindThread(to units: [Int]) {
        let set = hwloc_bitmap_alloc()
        defer { hwloc_bitmap_free(set) }
        for unit in units { hwloc_bitmap_set(set, UInt32(unit)) }
        _ = hwloc_set_cpubind(handle, set, Int32(HWLOC_CPUBIND_THREAD.rawValue))
    }

    /// The same for another thread.
    func bind(_ thread: pthread_t, to units: [Int]) {
        let set = hwloc_bitmap_alloc()
        defer { hwloc_bitmap_free(set) }
        for unit in units { hwloc_bitmap_set(set, UInt32(unit)) }
        _ = hwloc_set_thread_cpubind(handle, thread, set, Int32(HWLOC_CPUBIND_THREAD.rawValue))
    }

    /// Asks the system to take memory from a NUMA node, by the system's index, when it is first touched.
    ///
    /// A failure is ignored: the memory then works, but may be farther away.
    package func bind(_ memory: UnsafeMutableRawBufferPointer, toNode node: Int) {
        let set = hwloc_bitmap_alloc()
        defer { hwloc_bitmap_free(set) }
        hwloc_bitmap_set(set, UInt32(node))
        _ = hwloc_set_area_membind(
            handle, memory.baseAddress, memory.count, set, HWLOC_MEMBIND_BIND, Int32(HWLOC_MEMBIND_BYNODESET.rawValue))
    }

    /// The bytes that a dataset could have on a NUMA node: its reserved 2 MiB pages or its free memory, whichever is
    /// more. On a pretended machine, all of the node's memory.
    package func available(on node: ProcessorLayout.Node) -> Int {
        guard hwloc_topology_is_thissystem(handle) != 0 else { return node.memory }
        let directory = "/sys/devices/system/node/node\(node.index)/"
        let huge = TextFile.integer(directory + "hugepages/hugepages-2048kB/free_hugepages") ?? 0
        var free = 0
        for line in (TextFile.read(directory + "meminfo") ?? "").split(separator: "\n") {
            // Such as "Node 0 MemFree: 1234 kB". Memory for cached files is available too.
            let words = line.split(separator: " ", omittingEmptySubsequences: true)
            if words.count >= 4, ["MemFree:", "Inactive(file):"].contains(words[2]) {
                free += (Int(words[3]) ?? 0) * 1024
            }
        }
        return max(huge * HugePages.pageSize, free)
    }

    /// The processing units to which the calling thread is bound, by the system's index.
    package func threadUnits() throws(NightjarError) -> [Int] {
        let set = hwloc_bitmap_alloc()
        defer { hwloc_bitmap_free(set) }
        try hwloc("hwloc_get_cpubind", hwloc_get_cpubind(handle, set, Int32(HWLOC_CPUBIND_THREAD.rawValue)))
        return units(set)
    }

    /// The units that the topology allows and to which the process is bound. The caller frees the bitmap.
    private static func usable(_ handle: hwloc_topology_t, affinity: [Int]?) throws(NightjarError) -> hwloc_bitmap_t? {
        let usable = hwloc_bitmap_dup(hwloc_topology_get_allowed_cpuset(handle))
        let bound = hwloc_bitmap_alloc()
        defer { hwloc_bitmap_free(bound) }
        if let affinity {
            for unit in affinity { hwloc_bitmap_set(bound, UInt32(unit)) }
        } else if hwloc_topology_is_thissystem(handle) == 0
            || hwloc_get_cpubind(handle, bound, Int32(HWLOC_CPUBIND_PROCESS.rawValue)) != 0
        {
            // A pretended machine, or a system that cannot tell: assume that all units may be used.
            hwloc_bitmap_fill(bound)
        }
        hwloc_bitmap_and(usable, usable, bound)
        guard hwloc_bitmap_iszero(usable) == 0 else {
            hwloc_bitmap_free(usable)
            throw NightjarError(device: .cpu, reason: "this process may use no processing unit")
        }
        return usable
    }

    private static func layout(
        _ handle: hwloc_topology_t, usable: hwloc_bitmap_t?, quota: Double?
    ) -> ProcessorLayout {
        // Some virtual machines and old kernels show no cores. Each processing unit then counts as a core.
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

/// Checks every call of hwloc: a failed call returns -1 and sets `errno`.
private func hwloc(_ call: StaticString, _ result: Int32) throws(NightjarError) {
    guard result >= 0 else { throw NightjarError(device: .cpu, reason: "\(call): \(errorText(errno))") }
}

/// The indices in a bitmap, in ascending order.
private func units(_ set: hwloc_const_bitmap_t?) -> [Int] {
    var units: [Int] = []
    var unit = hwloc_bitmap_first(set)
    while unit >= 0 {
        units.append(Int(unit))
        unit = hwloc_bitmap_next(set, unit)
    }
    return units
}
