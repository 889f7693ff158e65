import NightjarAlgorithms
import NightjarCore
import NightjarDevices
import NightjarPlatform

/// The native CPU: one device, `cpu`, with one lane on each core whose cache can feed it.
///
/// RandomX's lanes are light until they settle; where they run compiled programs, and memory allows, they then have a
/// dataset.
package final class CPUBackend: Backend {
    package let devices: [Device]
    private let implementation: Implementation
    private let topology: Topology?
    /// Why there is no topology.
    private let trouble: DeviceError?
    private let caches: RandomXCacheStore
    private let pages: HugePages.Kind

    /// - Parameter implementation: which code hashes.
    package convenience init(implementation: Implementation = .best) {
        self.init(implementation: implementation, pages: .reserved)
    }

    /// - Parameters:
    ///   - pages: the best kind of memory to try for; tests force the lesser ones.
    ///   - pretended: the machine to run on in place of this one, for tests; `nil` looks at this one.
    ///   - available: bytes of ordinary memory that a RandomX dataset may have, for tests to pretend.
    package init(
        implementation: Implementation = .best, pages: HugePages.Kind, pretended: Topology? = nil,
        available: @escaping @Sendable () -> Int? = AvailableMemory.current
    ) {
        self.implementation = implementation
        self.pages = pages
        let loaded = Result { () throws(DeviceError) in
            if let pretended { return pretended }
            return try Topology()
        }
        caches = RandomXCacheStore(try? loaded.get(), pages: pages, available: available)
        switch loaded {
        case .success(let topology):
            self.topology = topology
            trouble = nil
        case .failure(let error):
            topology = nil
            trouble = error
        }
        devices = [
            Device(
                id: .cpu, kind: .cpu, name: Processor.name, platform: "native",
                driver: Self.driver(implementation), computeUnits: topology?.layout.units ?? 1,
                memory: Processor.memory, fp64: true)
        ]
    }

    package func support(for algorithm: Algorithm, on device: DeviceID) -> Support {
        guard device == .cpu else { return .unsupported("\(device) is not the native CPU") }
        switch algorithm.family {
        case .cryptonight, .randomx: return .supported
        }
    }

    package func plan(_ algorithm: Algorithm, on device: DeviceID, threads: Int?) throws -> LanePlan {
        try plan(algorithm, on: device, threads: threads, settles: false)
    }

    package func plan(
        _ algorithm: Algorithm, on device: DeviceID, threads: Int?, settles: Bool
    ) throws -> LanePlan {
        if case .unsupported(let reason) = support(for: algorithm, on: device) {
            throw DeviceError(device: device, reason: reason)
        }
        if let threads, threads < 1 {
            throw DeviceError(device: .cpu, reason: "the number of threads must be at least 1, not \(threads)")
        }
        guard let topology else { throw trouble ?? DeviceError(device: .cpu, reason: "there is no topology") }
        let choice = LaneChoice(topology.layout, scratchpad: algorithm.memory, threads: threads)
        var explanation = [choice.explanation]
        var width = 1
        if case .cryptonight(let parameters) = algorithm.family {
            width = WidthChoice.limit(parameters, implementation: implementation)
            if let words = WidthChoice.explanation(limit: width, scratchpads: choice.scratchpadsPerLane) {
                explanation.append(words)
            }
        }
        let needed = needed(algorithm, lanes: choice.places.count, width: width, settles: settles)
        var interest: RandomXCacheStore.Interest?
        if case .randomx(let parameters) = algorithm.family {
            // A plan that follows another keeps what that one's lanes leave behind.
            interest = RandomXCacheStore.Interest(caches)
            let placement = caches.datasets.placement(bytes: RandomXDataset.memorySize(parameters))
            if settles, let words = placement.explanation { explanation.append(words) }
        }
        let hint = pages == .reserved ? HugePages.hint(needed: needed) : nil
        let (implementation, caches, pages) = (implementation, caches, pages)
        let datasetThreads = datasetThreads(topology.layout, threads)
        let widths = sharedWidths(algorithm, topology.layout, choice, most: width)
        let lanes = choice.places.map { place -> @Sendable () throws -> any Lane in
            let widths = widths[topology.layout.lastCache(core: place.core)] ?? SharedWidths(1...1, tries: false)
            return { [interest] in
                _ = interest
                var remarks: [String] = []
                do throws(DeviceError) {
                    try topology.pinThread(to: place.unit)
                } catch {
                    remarks.append("a thread could not be pinned to PU \(place.unit): \(error.reason)")
                }
                return try CPULane(
                    algorithm, implementation: implementation, widths: widths, caches: caches, pages: pages,
                    settles: settles, datasetThreads: datasetThreads, unit: place.unit, remarks: remarks)
            }
        }
        return LanePlan(lanes: lanes, explanation: explanation, hints: hint.map { [$0] } ?? [])
    }

    /// One for each last-level cache under which there are lanes.
    private func sharedWidths(
        _ algorithm: Algorithm, _ layout: ProcessorLayout, _ choice: LaneChoice, most: Int
    ) -> [Int?: SharedWidths] {
        let caches = Set(choice.places.map { layout.lastCache(core: $0.core) })
        return Dictionary(
            uniqueKeysWithValues: caches.map { cache in
                switch algorithm.family {
                case .cryptonight: (cache, SharedWidths(1...most, tries: true))
                case .randomx:
                    (
                        cache,
                        SharedWidths(1...RandomXCompiledHasher.mostMachines, tries: false, batch: CPULane.fullBatch)
                    )
                }
            })
    }

    package func foresee(_ algorithm: Algorithm, seed: [UInt8]) {
        switch algorithm.family {
        case .cryptonight: break
        case .randomx(let parameters): caches.foresee(parameters, seed: seed)
        }
    }

    /// All that the process may use, or as many as the user asked for.
    private func datasetThreads(_ layout: ProcessorLayout, _ threads: Int?) -> Int {
        threads ?? max(1, min(layout.units, Int((layout.quota ?? Double(layout.units)).rounded(.up))))
    }

    /// A lane on the calling thread, wherever that runs: for verifying and for single hashes.
    ///
    /// - Parameters:
    ///   - implementation: which code hashes; `nil` takes the backend's.
    ///   - width: how many hashes of CryptoNight take turns; others ignore it.
    /// - Throws: ``DeviceError`` when there is no memory for it.
    package func lane(
        _ algorithm: Algorithm, implementation: Implementation? = nil, width: Int = 1
    ) throws -> any Lane {
        try CPULane(
            algorithm, implementation: implementation ?? self.implementation,
            widths: SharedWidths(width...width, tries: false), caches: caches, pages: pages, settles: false,
            datasetThreads: 1,
            unit: nil, remarks: [])
    }

    /// The RandomX caches made so far.
    package var cachesMade: Int { caches.made }
    /// The RandomX caches kept at the moment.
    package var cachesHeld: Int { caches.held }

    /// The seeds of the RandomX caches kept at the moment, the one asked for last at the end.
    package var seedsHeld: [[UInt8]] { caches.seeds }
    /// The RandomX datasets finished so far.
    package var datasetsBuilt: Int { caches.datasets.built }
    /// Where they lie, one address a NUMA node that has one.
    package var datasetAddresses: [UInt] { caches.datasets.addresses }

    /// 2 MiB pages for the lanes, the verifier beside them, and what RandomX lanes share, less what they share already.
    private func needed(_ algorithm: Algorithm, lanes: Int, width: Int, settles: Bool) -> Int {
        let machines = CPULane.machines(algorithm, width: width, settles: settles)
        let scratchpads = lanes * HugePages.pages(machines * algorithm.memory) + HugePages.pages(algorithm.memory)
        switch algorithm.family {
        case .cryptonight: return scratchpads
        case .randomx(let parameters):
            let size = RandomXDataset.memorySize(parameters)
            let datasets = settles ? caches.datasets.placement(bytes: size).nodes.count * HugePages.pages(size) : 0
            // Settling is for long runs, which see epochs change; others have one seed, and that of the known answers.
            let count = settles ? RandomXCacheStore.kept : 1
            let shared = datasets + count * HugePages.pages(RandomXCache.memorySize(parameters)) - caches.hugePages
            return scratchpads + max(0, shared)
        }
    }

    private static func driver(_ implementation: Implementation) -> String {
        switch implementation {
        case .portable: "portable C"
        case .native: "AES instructions"
        }
    }
}
