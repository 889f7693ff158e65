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
    private let caches: RandomXCacheStore
    /// Held as long as the hasher reads it.
    private var cache: SharedRandomXCache?
    /// The same of the dataset, in full mode.
    private var dataset: SharedRandomXDataset?
    /// How many threads fill a dataset; `nil` in light mode.
    private let datasetThreads: Int?
    private var input: [UInt8] = []
    private var nonceOffset: Int?

    /// - Parameters:
    ///   - pages: the best kind of memory to try for.
    ///   - datasetThreads: how many threads fill a RandomX dataset, if one is to be used.
    ///   - remarks: what the maker has to say, before what this says of its memory.
    init(
        _ algorithm: Algorithm, implementation: Implementation, caches: RandomXCacheStore, pages: HugePages.Kind,
        datasetThreads: Int?, remarks: [String]
    ) throws(DeviceError) {
        do {
            scratchpad = try HugePages(size: algorithm.memory, best: pages, purpose: "a scratchpad")
        } catch {
            throw DeviceError(device: .cpu, reason: error.reason)
        }
        self.algorithm = algorithm
        self.caches = caches
        self.datasetThreads = datasetThreads
        var remarks = remarks + ["the scratchpad is on \(scratchpad.kind.words)"]
        let memory = UnsafeMutableRawBufferPointer(rebasing: scratchpad.bytes[..<algorithm.memory])
        switch algorithm.family {
        case .cryptonight(let parameters):
            hasher = .cryptonight(
                CryptoNightHasher(parameters, scratchpads: memory, implementation: implementation))
        case .randomx(let parameters):
            let (hasher, remark) = Hasher.randomx(parameters, scratchpad: memory, implementation: implementation)
            self.hasher = hasher
            remarks.append(remark)
            caches.enter()
        }
        self.remarks = remarks
    }

    deinit {
        switch hasher {
        case .cryptonight: break
        case .interpreted, .compiled: caches.leave()
        }
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
        // Let go of the old one first: two caches at a time are enough for all lanes.
        dataset = nil
        cache = nil
        let new = try caches.cache(parameters, seed: seed)
        cache = new
        return new
    }

    func settle() throws {
        guard let datasetThreads, dataset == nil, let cache, case .compiled(let hasher, _) = hasher else { return }
        let light = input.withUnsafeBytes { hasher.hash($0) }
        guard let items = try? cache.items.get() else { return }
        let shared: SharedRandomXDataset
        do throws(MemoryError) {
            shared = try caches.dataset(items, threads: datasetThreads)
        } catch {
            // Slower, and right all the same.
            remark("RandomX runs in light mode: \(error.reason)")
            return
        }
        hasher.use(shared.dataset)
        dataset = shared
        remark("the RandomX dataset is on \(shared.pages.words)")
        // Known answers have other keys, and were in light mode: this is what proves the dataset.
        guard input.withUnsafeBytes({ hasher.hash($0) }) == light else {
            throw DeviceError(device: .cpu, reason: "RandomX gives another hash with its dataset than without")
        }
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
