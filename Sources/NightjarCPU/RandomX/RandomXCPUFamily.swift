import NightjarAlgorithms
import NightjarCore
import NightjarDevices
import NightjarPlatform

/// RandomX on the native CPU. Lanes share caches, and after settling a dataset. With a dataset, a lane makes several
/// hashes at once.
struct RandomXCPUFamily: CPUHasherFamily {
    /// The hashes of a batch with a dataset: a multiple of every width.
    private static let fullBatch = 12

    let caches: RandomXCacheStore
    private let compiles: Bool
    private let choice = ProgramChoice()

    init(_ machine: CPUMachine) {
        caches = RandomXCacheStore(
            machine.topology, pages: machine.pages, available: machine.available,
            compiles: machine.compiles)
        compiles = machine.compiles
    }

    func widths(_ parameters: RandomXParameters, _ implementation: Implementation, settles: Bool) -> CPUWidths {
        if settles {
            let kind = Processor.kind
            return CPUWidths(
                1...RandomXCompiledHasher.mostMachines,
                first: parameters.prefetchRegister == .ma ? kind.randomXEarly : kind.randomX, batch: Self.fullBatch)
        }
        // Nothing is to be found out in light mode: the more hashes at once, the better.
        let together = compiles && implementation == .native ? RandomXCompiledHasher.mostTogether : 1
        return CPUWidths([together], batch: together)
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
        // Lanes settle in long runs, which see epochs change and keep several caches. Short runs need one seed's cache.
        let count = settles ? RandomXCacheStore.kept : 1
        return max(0, datasets + count * HugePages.pages(RandomXCache.memorySize(parameters)) - caches.hugePages)
    }

    func keeper() -> (any Sendable & AnyObject)? { RandomXCacheStore.Interest(caches) }

    func hasher(_ parameters: RandomXParameters, _ resources: CPUHasherResources) -> any CPUHasher {
        RandomXCPUHasher(parameters, resources, caches, choice, compiles: compiles)
    }

    func prepareAhead(_ parameters: RandomXParameters, seed: [UInt8]) { caches.prepareAhead(parameters, seed: seed) }

    func keepSeeds(_ count: Int) { caches.keep(count) }
}

extension CPUBackend {
    /// RandomX's caches and datasets, for tests.
    private var randomXCaches: RandomXCacheStore? {
        families.lazy.compactMap { $0 as? RandomXCPUFamily }.first?.caches
    }

    /// The number of RandomX caches made so far.
    package var cachesMade: Int { randomXCaches?.made ?? 0 }
    /// The number of RandomX caches that are kept now.
    package var cachesHeld: Int { randomXCaches?.held ?? 0 }
    /// The seeds of the RandomX caches that are kept now, the most recently used last.
    package var seedsHeld: [[UInt8]] { randomXCaches?.seeds ?? [] }
    /// The number of RandomX datasets finished so far.
    package var datasetsBuilt: Int { randomXCaches?.datasets.built ?? 0 }
    /// The datasets' addresses, one for each NUMA node that has a dataset.
    package var datasetAddresses: [UInt] { randomXCaches?.datasets.addresses ?? [] }
}
