/// Which processing units get a lane, and why, in words.
///
/// A hash reads and writes its scratchpad at random all the time. A lane pays only if a cache holds the whole
/// scratchpad: two lanes that push each other's scratchpads out to memory are slower than one.
package struct LaneChoice: Sendable, Hashable {
    package struct Place: Sendable, Hashable {
        /// hwloc's logical index of the core.
        package var core: Int
        /// The system's index of the processing unit.
        package var unit: Int

        package init(core: Int, unit: Int) {
            self.core = core
            self.unit = unit
        }
    }

    /// One place for each lane.
    package let places: [Place]
    /// How many scratchpads fit into a lane's part of the cache, at least one; `nil` for an algorithm without
    /// scratchpads, or when no cache is known.
    package let scratchpadsPerLane: Int?
    /// One sentence.
    package let explanation: String

    /// - Parameters:
    ///   - scratchpad: bytes of a scratchpad; `nil` for an algorithm without one, so that each core gets a lane.
    ///   - threads: the number of lanes, at least 1; `nil` leaves the choice to this type.
    ///   - share: the part of its choice to take, 0 to 1; `nil` takes all.
    package init(_ layout: ProcessorLayout, scratchpad: Int?, threads: Int? = nil, share: Double? = nil) {
        let groups = Self.groups(layout, scratchpad: scratchpad)
        var words = [Self.cores(layout), Self.caches(layout, groups, scratchpad: scratchpad)]
        if let threads {
            places = Self.obey(layout, threads: threads)
            words.append(
                threads > layout.units
                    ? "as asked, though there are only \(Self.count(layout.units, "processing unit"))" : "as asked")
        } else {
            var chosen = groups.flatMap(\.places)
            if chosen.isEmpty, let core = layout.cores.first {
                chosen = [Place(core: core.number, unit: core.units[0])]
                words.append("there is at least one lane")
            } else if chosen.count < layout.cores.count {
                words.append(
                    "\(Self.count(layout.cores.count - chosen.count, "core")) would only push scratchpads out to memory"
                )
            }
            if let quota = layout.quota, quota < Double(chosen.count) {
                chosen.removeLast(chosen.count - max(1, Int(quota.rounded(.up))))
                words.append("the control group allows the time of \(Self.decimal(quota)) units")
            }
            if let share {
                let all = chosen
                let wanted = min(all.count, max(1, Int((Double(all.count) * share).rounded(.down))))
                // Spread over the caches, as the choice was.
                chosen = (0..<wanted).map { all[$0 * all.count / wanted] }
                words.append("of \(Self.count(all.count, "lane")), \(Self.decimal(share * 100)) % as asked")
            }
            places = chosen
        }
        let fit = groups.reduce(Optional(0)) { sum, group in sum.flatMap { sum in group.scratchpads.map { sum + $0 } } }
        let lanes = max(1, places.count)
        scratchpadsPerLane = fit.map { max(1, $0 / lanes) }
        words.append(
            "pinned to " + places.map { "core \($0.core) (PU \($0.unit))" }.joined(separator: ", "))
        explanation = "\(Self.count(places.count, "lane")): " + words.filter { !$0.isEmpty }.joined(separator: "; ")
    }

    /// Cores that share their last-level cache.
    private struct Group {
        var cache: Int?
        /// The bytes of this process's part of the last-level cache, and of the L2 caches below it.
        var outer = 0
        var inner = 0
        /// How many scratchpads fit into this part; `nil` for an algorithm without scratchpads, or when no cache is
        /// known.
        var scratchpads: Int?
        var places: [Place] = []
    }

    private static func groups(_ layout: ProcessorLayout, scratchpad: Int?) -> [Group] {
        var order: [Int?] = []
        var members: [Int?: [ProcessorLayout.Core]] = [:]
        for core in layout.cores {
            let last = core.caches.last
            if members[last] == nil { order.append(last) }
            members[last, default: []].append(core)
        }
        return order.map { last in
            let cores = members[last] ?? []
            var group = Group(cache: last)
            var wanted = cores.count
            if let last, let scratchpad {
                group.outer = share(layout.caches[last], of: cores.count)
                if !layout.caches[last].isInclusive {
                    // Of the inner caches, count only L2: each once, with the part of this process's cores under it.
                    let below = Dictionary(grouping: cores.filter { $0.caches.count > 1 }, by: { $0.caches[0] })
                    group.inner = below.reduce(0) { $0 + share(layout.caches[$1.key], of: $1.value.count) }
                }
                let fit = (group.outer + group.inner) / scratchpad
                group.scratchpads = fit
                wanted = min(wanted, fit)
            }
            // Spread the lanes evenly, so that lanes on neighbouring cores share as little as possible.
            group.places = (0..<wanted).map { i in
                let core = cores[i * cores.count / wanted]
                return Place(core: core.number, unit: core.units[0])
            }
            return group
        }
    }

    /// The bytes of a cache on which `cores` of its cores can count.
    private static func share(_ cache: ProcessorLayout.Cache, of cores: Int) -> Int {
        cache.bytes / max(1, cache.cores) * min(cores, cache.cores)
            + cache.bytes % max(1, cache.cores) * min(cores, cache.cores) / max(1, cache.cores)
    }

    /// The places for a given number of lanes: first one unit of each core, then the cores' second units, and so on; it
    /// starts again when all units are taken.
    private static func obey(_ layout: ProcessorLayout, threads: Int) -> [Place] {
        let depth = layout.cores.map(\.units.count).max() ?? 0
        let order = (0..<depth).flatMap { turn in
            layout.cores.filter { turn < $0.units.count }.map { Place(core: $0.number, unit: $0.units[turn]) }
        }
        return (0..<threads).map { order[$0 % order.count] }
    }

    private static func cores(_ layout: ProcessorLayout) -> String {
        var words = count(layout.cores.count, "core")
        if layout.cores.count < layout.totalCores {
            words = "\(layout.cores.count) of \(layout.totalCores) cores may be used"
        }
        if layout.units > layout.cores.count { words += " with \(layout.units) processing units" }
        return words
    }

    private static func caches(_ layout: ProcessorLayout, _ groups: [Group], scratchpad: Int?) -> String {
        guard let scratchpad else { return "a hash needs no scratchpad" }
        guard groups.allSatisfy({ $0.scratchpads != nil }), let cache = groups.first?.cache else {
            return "the sizes of the caches are not known"
        }
        let outer = groups.reduce(0) { $0 + $1.outer }
        let inner = groups.reduce(0) { $0 + $1.inner }
        let fit = groups.reduce(0) { $0 + ($1.scratchpads ?? 0) }
        var words = "\(size(outer)) of L\(layout.caches[cache].level)"
        if inner > 0 { words += " and \(size(inner)) of L2" }
        let verb = inner > 0 ? "hold" : "holds"
        words += fit == 0 ? " cache \(verb) no scratchpad of " : " cache \(verb) \(count(fit, "scratchpad")) of "
        return words + size(scratchpad)
    }

    private static func size(_ bytes: Int) -> String {
        if bytes >= 1 << 20 {
            let tenths = (bytes * 10) >> 20
            return tenths % 10 == 0 ? "\(tenths / 10) MiB" : "\(tenths / 10).\(tenths % 10) MiB"
        }
        return "\(bytes >> 10) KiB"
    }

    private static func decimal(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
    }

    private static func count(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }
}
