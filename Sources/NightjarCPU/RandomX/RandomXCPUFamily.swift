import NightjarAlgorithms
import NightjarCore
import NightjarDevices
import NightjarPlatform

/// RandomX on the native CPU: lanes share caches, and a dataset once they settle; then several hashes are side by side.
struct RandomXCPUFamily: CPUFamily {
    /// Hashes of a batch with a dataset: a multiple of every width that is tried.
    private static let fullBatch = 12

    let caches: RandomXCacheStore

    init(_ machine: CPUMachine) {
        caches = RandomXCacheStore(machine.topology, pages: machine.pages, available: machine.available)
    }

    func widths(_ parameters: RandomXParameters, _ implementation: Implementation, settles: Bool) -> CPUWidths {
        // Side by side gains nothing while items are computed.
        settles ? CPUWidths(1...RandomXCompiledHasher.mostMachines, batch: Self.fullBatch) : CPUWidths(1...1)
    }

    func explanation(
        _ parameters: RandomXParameters, _ implementation: Implementation, scratchpadsPerLane: Int?, settles: Bool
    ) -> [String] {
        let placement = caches.datasets.placement(bytes: RandomXDataset.memorySize(parameters))
        guard settles, let words = placement.explanation else { return [] }
        return [words]
    }

    func sharedPages(_ parameters: RandomXParameters, settles: Bool) -> Int {
        let size = RandomXDataset.memorySize(parameters)
        let datasets = settles ? caches.datasets.placement(bytes: size).nodes.count * HugePages.pages(size) : 0
        // Settling is for long runs, which see epochs change; others have one seed, and that of the known answers.
        let count = settles ? RandomXCacheStore.kept : 1
        return max(0, datasets + count * HugePages.pages(RandomXCache.memorySize(parameters)) - caches.hugePages)
    }

    func keeper() -> (any Sendable & AnyObject)? { RandomXCacheStore.Interest(caches) }

    func hasher(_ parameters: RandomXParameters, _ seat: CPUHasherSeat) -> any CPUHasher {
        RandomXCPUHasher(parameters, seat, caches)
    }

    func foresee(_ parameters: RandomXParameters, seed: [UInt8]) { caches.foresee(parameters, seed: seed) }
}

extension CPUBackend {
    /// RandomX's caches and datasets, for tests to look at.
    private var randomXCaches: RandomXCacheStore? {
        families.lazy.compactMap { $0 as? RandomXCPUFamily }.first?.caches
    }

    /// The RandomX caches made so far.
    package var cachesMade: Int { randomXCaches?.made ?? 0 }
    /// The RandomX caches kept at the moment.
    package var cachesHeld: Int { randomXCaches?.held ?? 0 }
    /// The seeds of the RandomX caches kept at the moment, the one asked for last at the end.
    package var seedsHeld: [[UInt8]] { randomXCaches?.seeds ?? [] }
    /// The RandomX datasets finished so far.
    package var datasetsBuilt: Int { randomXCaches?.datasets.built ?? 0 }
    /// Where they lie, one address a NUMA node that has one.
    package var datasetAddresses: [UInt] { randomXCaches?.datasets.addresses ?? [] }
}
