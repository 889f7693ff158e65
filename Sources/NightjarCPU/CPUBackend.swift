import NightjarAlgorithms
import NightjarCore

#if canImport(Glibc)
import Glibc
#endif

/// Where RandomX's dataset items come from. The hashes are the same.
public enum RandomXMode: Sendable, Hashable, CaseIterable {
    /// Computed from the cache as they are read: little memory, for verifying.
    case light
    /// Read from memory, 2 GiB for most variants, which takes a while to fill: for mining.
    case full
}

/// The native CPU: one device, `cpu`, with one lane on each core whose cache can feed it.
public final class CPUBackend: Backend {
    public let devices: [Device]
    private let implementation: Implementation
    private let topology: Topology?
    /// Why there is no topology.
    private let trouble: DeviceError?
    private let caches: RandomXCacheStore
    private let pages: HugePages.Kind
    private let randomX: RandomXMode

    /// - Parameters:
    ///   - implementation: which code hashes.
    ///   - randomX: where planned lanes have RandomX's dataset from, where they run compiled programs. A lane that is made
    ///     for single hashes is always light.
    public convenience init(implementation: Implementation = .best, randomX: RandomXMode = .light) {
        self.init(implementation: implementation, randomX: randomX, pages: .reserved)
    }

    /// - Parameter pages: the best kind of memory to try for; tests force the lesser ones.
    package init(implementation: Implementation = .best, randomX: RandomXMode = .light, pages: HugePages.Kind) {
        self.implementation = implementation
        self.randomX = randomX
        self.pages = pages
        caches = RandomXCacheStore(pages: pages)
        let loaded = Result { () throws(DeviceError) in try Topology() }
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

    public func support(for algorithm: Algorithm, on device: DeviceID) -> Support {
        guard device == .cpu else { return .unsupported("\(device) is not the native CPU") }
        switch algorithm.family {
        case .cryptonight, .randomx: return .supported
        }
    }

    public func plan(_ algorithm: Algorithm, on device: DeviceID, threads: Int?) throws -> LanePlan {
        if case .unsupported(let reason) = support(for: algorithm, on: device) {
            throw DeviceError(device: device, reason: reason)
        }
        if let threads, threads < 1 {
            throw DeviceError(device: .cpu, reason: "the number of threads must be at least 1, not \(threads)")
        }
        guard let topology else { throw trouble ?? DeviceError(device: .cpu, reason: "there is no topology") }
        let choice = LaneChoice(topology.layout, scratchpad: algorithm.memory, threads: threads)
        var explanation = [choice.explanation]
        if pages == .reserved, let hint = HugePages.hint(needed: needed(algorithm, lanes: choice.places.count)) {
            explanation.append(hint)
        }
        let (implementation, caches, pages) = (implementation, caches, pages)
        let datasetThreads = randomX == .full ? topology.layout.units : nil
        let lanes = choice.places.map { place -> @Sendable () throws -> any Lane in
            {
                var remarks: [String] = []
                do throws(DeviceError) {
                    try topology.pinThread(to: place.unit)
                } catch {
                    remarks.append("a thread could not be pinned to PU \(place.unit): \(error.reason)")
                }
                return try CPULane(
                    algorithm, implementation: implementation, caches: caches, pages: pages,
                    datasetThreads: datasetThreads, remarks: remarks)
            }
        }
        return LanePlan(lanes: lanes, explanation: explanation)
    }

    /// A lane on the calling thread, wherever that runs: for verifying and for single hashes.
    ///
    /// - Parameter implementation: which code hashes; `nil` takes the backend's.
    /// - Throws: ``DeviceError`` when there is no memory for it.
    package func lane(_ algorithm: Algorithm, implementation: Implementation? = nil) throws -> any Lane {
        try CPULane(
            algorithm, implementation: implementation ?? self.implementation, caches: caches, pages: pages,
            datasetThreads: nil, remarks: [])
    }

    /// The RandomX caches made so far.
    package var cachesMade: Int { caches.made }
    /// The RandomX caches kept at the moment.
    package var cachesHeld: Int { caches.held }

    /// 2 MiB pages for the lanes, the verifier beside them, and what RandomX lanes share.
    private func needed(_ algorithm: Algorithm, lanes: Int) -> Int {
        let scratchpads = (lanes + 1) * HugePages.pages(algorithm.memory)
        switch algorithm.family {
        case .cryptonight: return scratchpads
        case .randomx(let parameters):
            let dataset = randomX == .full ? HugePages.pages(RandomXDataset.memorySize(parameters)) : 0
            return scratchpads + HugePages.pages(RandomXCache.memorySize(parameters)) + dataset
        }
    }

    private static func driver(_ implementation: Implementation) -> String {
        switch implementation {
        case .portable: "portable C"
        case .native: "AES instructions"
        }
    }
}

/// The host's processor and memory, as the system tells them.
package enum Processor {
    /// The processor's name; the architecture's where the system does not say.
    package static let name: String = {
        let lines = TextFile.read("/proc/cpuinfo")?.split(separator: "\n") ?? []
        for line in lines {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2, parts[0].hasPrefix("model name") else { continue }
            let words = parts[1].split(whereSeparator: { $0 == " " || $0 == "\t" })
            if !words.isEmpty { return words.joined(separator: " ") }
        }
        #if arch(x86_64)
        return "x86-64 processor"
        #elseif arch(arm64)
        return "ARM64 processor"
        #else
        return "processor"
        #endif
    }()

    /// Bytes of memory that the machine has.
    package static let memory: UInt64 = {
        let pages = sysconf(Int32(_SC_PHYS_PAGES))
        let size = sysconf(Int32(_SC_PAGESIZE))
        return pages > 0 && size > 0 ? UInt64(pages) * UInt64(size) : 0
    }()
}
