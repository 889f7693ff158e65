import NightjarAlgorithms
import NightjarCore

/// A lane on one CPU thread: its scratchpad, its hasher, and a copy of the input to put nonces into.
///
/// It hashes one nonce a batch: a hash takes milliseconds, beside which fetching the next nonce is nothing, and a new
/// job is taken up at once.
final class CPULane: Lane {
    /// They differ in what they prepare; hashing is one call for all.
    private enum Hasher {
        case cryptonight(CryptoNightHasher)
        case interpreted(RandomXHasher, RandomXParameters)
        case compiled(RandomXCompiledHasher, RandomXParameters)

        /// RandomX with its programs compiled, unless plain code is asked for or the system refuses.
        ///
        /// - Returns: the hasher, and how it runs programs, in words.
        static func randomx(
            _ parameters: RandomXParameters, scratchpad: UnsafeMutableRawBufferPointer, implementation: Implementation
        ) -> (Hasher, String) {
            var reason = ", as asked"
            if implementation == .native {
                do throws(ExecutableMemoryError) {
                    let hasher = try RandomXCompiledHasher(
                        parameters, scratchpads: scratchpad, implementation: implementation)
                    return (.compiled(hasher, parameters), "programs are compiled")
                } catch {
                    reason = ": \(error.reason)"
                }
            }
            let hasher = RandomXHasher(parameters, scratchpad: scratchpad, implementation: implementation)
            return (.interpreted(hasher, parameters), "programs are interpreted" + reason)
        }
    }

    let batch = 1
    private(set) var remarks: [String]
    private let algorithm: Algorithm
    private let hasher: Hasher
    /// Owns the memory that the hasher works in.
    private let scratchpad: HugePages
    /// Where caches and datasets come from, for RandomX.
    private let interest: RandomXCacheStore.Interest?
    /// Held as long as the hasher reads it.
    private var cache: SharedRandomXCache?
    /// The same of the dataset, in full mode.
    private var dataset: SharedRandomXDataset?
    /// How many threads fill a dataset.
    private let datasetThreads: Int
    /// The processing unit that its thread is bound to, by the system's index.
    private let unit: Int?
    /// What became of settling, and why, when the answer would be the same again until the seed changes.
    private var refusal: String?
    private var input: [UInt8] = []
    private var nonceOffset: Int?

    /// - Parameters:
    ///   - pages: the best kind of memory to try for.
    ///   - datasetThreads: how many threads fill a RandomX dataset.
    ///   - unit: the processing unit that the calling thread is bound to, by the system's index.
    ///   - remarks: what the maker has to say, before what this says of its memory.
    init(
        _ algorithm: Algorithm, implementation: Implementation, caches: RandomXCacheStore, pages: HugePages.Kind,
        datasetThreads: Int, unit: Int?, remarks: [String]
    ) throws(DeviceError) {
        do {
            scratchpad = try HugePages(size: algorithm.memory, best: pages, purpose: "a scratchpad")
        } catch {
            throw DeviceError(device: .cpu, reason: error.reason)
        }
        self.algorithm = algorithm
        self.datasetThreads = datasetThreads
        self.unit = unit
        var remarks = remarks + ["the scratchpad is on \(scratchpad.kind.words)"]
        let memory = UnsafeMutableRawBufferPointer(rebasing: scratchpad.bytes[..<algorithm.memory])
        switch algorithm.family {
        case .cryptonight(let parameters):
            hasher = .cryptonight(
                CryptoNightHasher(parameters, scratchpads: memory, implementation: implementation))
            interest = nil
        case .randomx(let parameters):
            let (hasher, remark) = Hasher.randomx(parameters, scratchpad: memory, implementation: implementation)
            self.hasher = hasher
            remarks.append(remark)
            interest = RandomXCacheStore.Interest(caches)
        }
        self.remarks = remarks
    }

    deinit {
        // Before the interest in them goes.
        dataset = nil
        cache = nil
    }

    func prepare(_ work: Work) throws {
        precondition(work.algorithm == algorithm, "a lane is made for one algorithm")
        switch hasher {
        case .cryptonight(let hasher):
            hasher.prepare(height: work.height)
        case .interpreted(let hasher, let parameters):
            if let new = try newCache(parameters, seed: work.seed ?? []) { hasher.use(new.cache) }
        case .compiled(let hasher, let parameters):
            if let new = try newCache(parameters, seed: work.seed ?? []) {
                do throws(ExecutableMemoryError) {
                    hasher.use(try new.items.get())
                } catch {
                    throw DeviceError(device: .cpu, reason: error.reason)
                }
            }
        }
        // Copied byte for byte: sharing the work's storage would make the first nonce allocate.
        input.removeAll(keepingCapacity: true)
        input.append(contentsOf: work.input)
        nonceOffset = work.nonceOffset
    }

    /// The cache for `seed`, held from now on; `nil` when it is held already.
    private func newCache(_ parameters: RandomXParameters, seed: [UInt8]) throws -> SharedRandomXCache? {
        if cache?.seed == seed { return nil }
        // Let go of the old ones first: others may wait for their memory. The hasher still points there, and is not used
        // before it has been given the new ones.
        dataset = nil
        cache = nil
        refusal = nil
        guard let new = try interest?.store.cache(parameters, seed: seed) else { return nil }
        cache = new
        return new
    }

    func settle(_ settling: Settling) throws -> Settlement {
        switch hasher {
        case .cryptonight: return .settled
        case .interpreted: return .refused(reason: "RandomX runs in light mode: its programs are not compiled")
        case .compiled(let hasher, _): return try settle(hasher, settling)
        }
    }

    private func settle(_ hasher: RandomXCompiledHasher, _ settling: Settling) throws -> Settlement {
        guard dataset == nil, let cache, let store = interest?.store.datasets, let items = try? cache.items.get() else {
            return .settled
        }
        if let refusal { return .refused(reason: refusal) }
        let shared: SharedRandomXDataset
        do throws(MemoryError) {
            switch try store.dataset(items, threads: datasetThreads, unit: unit, settling: settling) {
            case .ready(let dataset): shared = dataset
            case .deferred(let delay): return .deferred(delay)
            case .cancelled: return .cancelled
            }
        } catch {
            // Slower, and right all the same.
            let reason = "RandomX runs in light mode: \(error.reason)"
            refusal = reason
            return .refused(reason: reason)
        }
        let light = input.withUnsafeBytes { hasher.hash($0) }
        hasher.use(shared.dataset)
        dataset = shared
        remark("the RandomX dataset is on \(shared.pages.words)")
        // Known answers have other keys, and were in light mode: this is what proves the dataset.
        guard input.withUnsafeBytes({ hasher.hash($0) }) == light else {
            throw DeviceError(device: .cpu, reason: "RandomX gives another hash with its dataset than without")
        }
        return .settled
    }

    private func remark(_ text: String) {
        if !remarks.contains(text) { remarks.append(text) }
    }

    func scan(_ nonces: Range<UInt64>, target: Target, into candidates: inout [Candidate]) throws {
        for nonce in nonces {
            let digest = hash(UInt32(truncatingIfNeeded: nonce))
            let proof = input.withUnsafeBytes { algorithm.proof(digest, of: $0) }
            if target.isMet(by: proof) {
                candidates.append(Candidate(nonce: UInt32(truncatingIfNeeded: nonce), proof: proof))
            }
        }
    }

    func digests(_ nonces: Range<UInt64>, into digests: UnsafeMutableBufferPointer<Digest>) throws {
        for (i, nonce) in nonces.enumerated() { digests[i] = hash(UInt32(truncatingIfNeeded: nonce)) }
    }

    private func hash(_ nonce: UInt32) -> Digest {
        if let nonceOffset {
            for i in 0..<4 { input[nonceOffset + i] = UInt8(truncatingIfNeeded: nonce >> (8 * UInt32(i))) }
        }
        return input.withUnsafeBytes { bytes in
            switch hasher {
            case .cryptonight(let hasher): hasher.hash(bytes)
            case .interpreted(let hasher, _): hasher.hash(bytes)
            case .compiled(let hasher, _): hasher.hash(bytes)
            }
        }
    }
}
