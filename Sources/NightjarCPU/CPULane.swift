import NightjarAlgorithms
import NightjarCore

/// A lane on one CPU thread: its scratchpad, its hasher, and a copy of the input to put nonces into.
///
/// It hashes one nonce a batch: a hash takes milliseconds, beside which fetching the next nonce is nothing, and a new
/// job is taken up at once.
final class CPULane: Lane {
    /// The two families differ in what they prepare; hashing is one call for both.
    private enum Hasher {
        case cryptonight(CryptoNightHasher)
        case randomx(RandomXHasher, RandomXParameters)
    }

    let batch = 1
    let remarks: [String]
    private let algorithm: Algorithm
    private let hasher: Hasher
    /// Owns the memory that the hasher works in.
    private let scratchpad: HugePages
    private let caches: RandomXCacheStore
    /// Held as long as the hasher reads it.
    private var cache: SharedRandomXCache?
    private var input: [UInt8] = []
    private var nonceOffset: Int?

    /// - Parameters:
    ///   - pages: the best kind of memory to try for.
    ///   - remarks: what the maker has to say, before what this says of its memory.
    init(
        _ algorithm: Algorithm, implementation: Implementation, caches: RandomXCacheStore, pages: HugePages.Kind,
        remarks: [String]
    ) throws(DeviceError) {
        do {
            scratchpad = try HugePages(size: algorithm.memory, best: pages, purpose: "a scratchpad")
        } catch {
            throw DeviceError(device: .cpu, reason: error.reason)
        }
        self.algorithm = algorithm
        self.caches = caches
        self.remarks = remarks + ["the scratchpad is on \(scratchpad.kind.words)"]
        let memory = UnsafeMutableRawBufferPointer(rebasing: scratchpad.bytes[..<algorithm.memory])
        switch algorithm.family {
        case .cryptonight(let parameters):
            hasher = .cryptonight(
                CryptoNightHasher(parameters, scratchpad: memory, implementation: implementation))
        case .randomx(let parameters):
            hasher = .randomx(
                RandomXHasher(parameters, scratchpad: memory, implementation: implementation), parameters)
            caches.enter()
        }
    }

    deinit {
        if case .randomx = hasher { caches.leave() }
    }

    func prepare(_ work: Work) throws {
        precondition(work.algorithm == algorithm, "a lane is made for one algorithm")
        switch hasher {
        case .cryptonight(let hasher):
            hasher.prepare(height: work.height)
        case .randomx(let hasher, let parameters):
            let seed = work.seed ?? []
            if cache?.seed != seed {
                // Let go of the old one first: two caches at a time are enough for all lanes.
                cache = nil
                let new = try caches.cache(parameters, seed: seed)
                hasher.use(new.cache)
                cache = new
            }
        }
        // Copied byte for byte: sharing the work's storage would make the first nonce allocate.
        input.removeAll(keepingCapacity: true)
        input.append(contentsOf: work.input)
        nonceOffset = work.nonceOffset
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
            case .randomx(let hasher, _): hasher.hash(bytes)
            }
        }
    }
}
