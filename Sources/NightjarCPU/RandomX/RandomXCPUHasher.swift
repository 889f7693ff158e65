import NightjarAlgorithms
import NightjarCore
import NightjarDevices
import NightjarPlatform

/// Makes the RandomX hashes of a CPU lane, with compiled or interpreted programs and the seed's cache or dataset.
final class RandomXCPUHasher: CPUHasher {
    /// Runs programs compiled or interpreted. The two prepare different things.
    private enum ProgramRunner {
        case interpreted(RandomXHasher)
        case compiled(RandomXCompiledHasher)

        /// Compiles programs, unless the caller wants portable code or the system refuses.
        ///
        /// - Returns: the engine, and a sentence about how programs run.
        static func best(
            _ parameters: RandomXParameters, _ resources: CPUHasherResources, compiles: Bool
        ) -> (ProgramRunner, String) {
            var reason = ", as asked"
            if resources.implementation == .native, compiles {
                do throws(ExecutableMemoryError) {
                    let hasher = try RandomXCompiledHasher(
                        parameters, scratchpads: resources.scratchpads, machines: resources.machines,
                        implementation: resources.implementation)
                    return (.compiled(hasher), "programs are compiled")
                } catch {
                    reason = ": \(error.reason)"
                }
            }
            let hasher = RandomXHasher(
                parameters, scratchpads: resources.scratchpads, implementation: resources.implementation, executor: nil)
            return (.interpreted(hasher), "programs are interpreted" + reason)
        }
    }

    private(set) var remarks: [String]
    private let parameters: RandomXParameters
    private let engine: ProgramRunner
    /// Keeps the store of caches and datasets, and gets them from it.
    private let interest: RandomXCacheStore.Interest
    /// The cache that the engine reads.
    private var cache: SharedRandomXCache?
    /// The dataset that the engine reads, in full mode.
    private var dataset: SharedRandomXDataset?
    private let choice: ProgramChoice
    /// The number of threads that fill a dataset.
    private let threads: Int
    /// The processing unit to which the thread is bound, by the system's index.
    private let unit: Int?
    /// Why settling was refused, when it would be refused again until the seed changes.
    private var refusal: String?

    init(
        _ parameters: RandomXParameters, _ resources: CPUHasherResources, _ caches: RandomXCacheStore,
        _ choice: ProgramChoice, compiles: Bool
    ) {
        let (engine, remark) = ProgramRunner.best(parameters, resources, compiles: compiles)
        self.engine = engine
        self.parameters = parameters
        remarks = [remark]
        interest = RandomXCacheStore.Interest(caches)
        self.choice = choice
        threads = resources.threads
        unit = resources.unit
    }

    deinit {
        // Release these before the interest in the store.
        dataset = nil
        cache = nil
    }

    var datasetPages: MemoryPages? { dataset.map { MemoryPages($0.pages) } }

    /// In light mode, as many as can have their items computed together.
    var fixedWidth: Int? {
        guard dataset == nil else { return nil }
        guard case .compiled(let hasher) = engine, let items = try? cache?.items.get() else { return 1 }
        return min(items.together, hasher.machines)
    }

    func prepare(_ epoch: Epoch) throws {
        guard let new = try newCache(epoch.seed ?? []) else { return }
        switch engine {
        case .interpreted(let hasher): hasher.use(new.cache)
        case .compiled(let hasher):
            do throws(ExecutableMemoryError) {
                hasher.use(try new.items.get())
            } catch {
                throw NightjarError(device: .cpu, reason: error.reason, code: .memory)
            }
        }
    }

    /// The cache for `seed`, which this hasher then holds; `nil` when it holds it already.
    private func newCache(_ seed: [UInt8]) throws -> SharedRandomXCache? {
        if cache?.seed == seed { return nil }
        // Release the old cache and dataset first, because other lanes may wait for their memory. The engine still
        // points to them, but it is not used before it gets the new ones.
        dataset = nil
        cache = nil
        refusal = nil
        let new = try interest.store.cache(parameters, seed: seed)
        cache = new
        return new
    }

    func settle(_ settling: Settling, sample: UnsafeRawBufferPointer) throws -> Settlement {
        switch engine {
        case .interpreted: .refused(reason: "RandomX runs in light mode: its programs are not compiled")
        case .compiled(let hasher): try settle(hasher, settling, sample)
        }
    }

    private func settle(
        _ hasher: RandomXCompiledHasher, _ settling: Settling, _ sample: UnsafeRawBufferPointer
    ) throws -> Settlement {
        guard dataset == nil, let items = try? cache?.items.get() else { return .settled }
        if let refusal { return .refused(reason: refusal) }
        let shared: SharedRandomXDataset
        do throws(MemoryError) {
            switch try interest.store.datasets.dataset(items, threads: threads, unit: unit, settling: settling) {
            case .ready(let dataset): shared = dataset
            case .deferred(let delay): return .deferred(delay)
            case .cancelled: return .cancelled
            }
        } catch {
            // Light mode is slower, but right.
            let reason = "RandomX runs in light mode: \(error.reason)"
            refusal = reason
            return .refused(reason: reason)
        }
        let light = hasher.hash(sample)
        hasher.use(shared.dataset)
        dataset = shared
        let programs = choice.result(parameters)
        hasher.copiesPrograms = programs?.copies ?? false
        for remark in ["the RandomX dataset is on \(shared.pages.words)", programs?.remark].compactMap(\.self)
        where !remarks.contains(remark) { remarks.append(remark) }
        // Known answers have another seed and were hashed in light mode, so this check proves the dataset.
        guard hasher.hash(sample) == light else {
            throw NightjarError(device: .cpu, reason: "RandomX gives another hash with its dataset than without")
        }
        return .settled
    }

    func hash(_ inputs: UnsafeRawBufferPointer, into digests: UnsafeMutableBufferPointer<Digest>, width: Int) {
        switch engine {
        case .interpreted(let hasher): hasher.hash(inputs, into: digests, width: width)
        case .compiled(let hasher): hasher.hash(inputs, into: digests, width: fixedWidth ?? width)
        }
    }
}
