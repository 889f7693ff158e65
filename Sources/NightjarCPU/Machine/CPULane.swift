import NightjarAlgorithms
import NightjarCore
import NightjarDevices
import NightjarPlatform

/// A lane on one CPU thread: its scratchpads, its hasher, and copies of the input to put nonces into.
///
/// A batch is a few milliseconds of work, so that a new job is taken up at once: one hash, or as many as gain by being
/// hashed together.
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
            _ parameters: RandomXParameters, scratchpads: UnsafeMutableRawBufferPointer, machines: Int,
            implementation: Implementation
        ) -> (Hasher, String) {
            var reason = ", as asked"
            if implementation == .native {
                do throws(ExecutableMemoryError) {
                    let hasher = try RandomXCompiledHasher(
                        parameters, scratchpads: scratchpads, machines: machines, implementation: implementation)
                    return (.compiled(hasher, parameters), "programs are compiled")
                } catch {
                    reason = ": \(error.reason)"
                }
            }
            let hasher = RandomXHasher(
                parameters, scratchpads: scratchpads, implementation: implementation, executor: nil)
            return (.interpreted(hasher, parameters), "programs are interpreted" + reason)
        }
    }

    /// Hashes of a batch, for RandomX with a dataset: a multiple of every width that is tried.
    static let fullBatch = 12

    let mostBatch: Int
    private let algorithm: Algorithm
    private let hasher: Hasher
    /// What does not change, and after how many of them the word on widths comes, once there is one.
    private var facts: [String]
    private var widthsPlace: Int?
    /// How many hashes there are at once: that take turns, or side by side. RandomX has one until it has a dataset.
    private let widths: SharedWidths.Member
    /// What it is to do next: so many hashes, or as many as it has scratchpads for. It stays the same until they are
    /// done.
    private var turn: WidthWatch.Turn
    /// As many hashes at once as there are scratchpads for.
    private let machines: Int
    /// Owns the memory that the hasher works in.
    private let scratchpads: HugePages
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
    /// The input, `batch` times.
    private var inputs: [UInt8] = []
    private var inputSize = 0
    private var nonceOffset: Int?
    private let digests: UnsafeMutableBufferPointer<Digest>

    /// - Parameters:
    ///   - widths: what finds out how many are fastest, for all lanes that share a cache: for CryptoNight first by a
    ///     trial of about a second.
    ///   - pages: the best kind of memory to try for.
    ///   - settles: whether many nonces are to be hashed, so that it is worth settling.
    ///   - datasetThreads: how many threads fill a RandomX dataset.
    ///   - unit: the processing unit that the calling thread is bound to, by the system's index.
    ///   - remarks: what the maker has to say, before what this says of its memory.
    init(
        _ algorithm: Algorithm, implementation: Implementation, widths: SharedWidths, caches: RandomXCacheStore,
        pages: HugePages.Kind, settles: Bool, datasetThreads: Int, unit: Int?, remarks: [String]
    ) throws(DeviceError) {
        var machines = Self.machines(algorithm, width: widths.range.upperBound, settles: settles)
        do {
            var most = try HugePages(size: machines * algorithm.memory, best: pages, purpose: "scratchpads")
            if case .cryptonight = algorithm.family, most.kind > pages {
                // Better fewer on good pages than all on lesser ones.
                for fewer in stride(from: machines - 1, through: widths.range.lowerBound, by: -1) {
                    let better = try HugePages(size: fewer * algorithm.memory, best: pages, purpose: "scratchpads")
                    guard better.kind < most.kind else { continue }
                    (most, machines) = (better, fewer)
                    break
                }
            }
            scratchpads = most
        } catch {
            throw DeviceError(device: .cpu, reason: error.reason)
        }
        let size = machines * algorithm.memory
        let member = SharedWidths.Member(widths)
        self.widths = member
        self.machines = machines
        self.algorithm = algorithm
        self.datasetThreads = datasetThreads
        self.unit = unit
        facts = remarks
        facts.append("\(machines == 1 ? "the scratchpad is" : "scratchpads are") on \(scratchpads.kind.words)")
        let memory = UnsafeMutableRawBufferPointer(rebasing: scratchpads.bytes[..<size])
        switch algorithm.family {
        case .cryptonight(let parameters):
            let (compiler, remark) = CompiledRandomMath.orWhyNot(parameters, implementation)
            if let remark { facts.append(remark) }
            if widths.range.count > 1 {
                let trial = WidthTrial(
                    parameters, scratchpads: memory, width: machines, implementation: implementation, compiler: compiler
                )
                var turn = member.turn
                while turn.isTrial {
                    let width = min(turn.width, machines)
                    turn = member.batch(turn, hashes: width) { trial.hash(width) }
                }
                if let width = trial.wrong(upTo: machines) {
                    throw DeviceError(
                        device: .cpu, reason: "\(width) hashes that take turns differ from each by itself")
                }
                if machines > 1 { widthsPlace = facts.count }
            }
            hasher = .cryptonight(
                CryptoNightHasher(
                    parameters, scratchpads: memory, width: machines, implementation: implementation, compiler: compiler
                ))
            mostBatch = min(widths.range.upperBound, machines)
            interest = nil
        case .randomx(let parameters):
            let (hasher, remark) = Hasher.randomx(
                parameters, scratchpads: memory, machines: machines, implementation: implementation)
            self.hasher = hasher
            facts.append(remark)
            mostBatch = machines == 1 ? 1 : Self.fullBatch
            interest = RandomXCacheStore.Interest(caches)
        }
        turn = member.turn
        digests = .allocate(capacity: mostBatch)
        digests.initialize(repeating: Digest())
    }

    deinit {
        // Before the interest in them goes.
        dataset = nil
        cache = nil
        digests.deallocate()
    }

    /// How many hashes a lane can have side by side, each with a scratchpad.
    ///
    /// - Parameter width: how many hashes of CryptoNight take turns.
    static func machines(_ algorithm: Algorithm, width: Int, settles: Bool) -> Int {
        switch algorithm.family {
        case .cryptonight: width
        case .randomx: settles ? RandomXCompiledHasher.mostMachines : 1
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
        inputs.removeAll(keepingCapacity: true)
        for _ in 0..<mostBatch { inputs.append(contentsOf: work.input) }
        inputSize = work.input.count
        nonceOffset = work.nonceOffset
    }

    /// The cache for `seed`, held from now on; `nil` when it is held already.
    private func newCache(_ parameters: RandomXParameters, seed: [UInt8]) throws -> SharedRandomXCache? {
        if cache?.seed == seed { return nil }
        // Let go of the old ones first: others may wait for their memory. The hasher still points there, and is not
        // used before it has been given the new ones.
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
        let light = inputs.withUnsafeBytes { hasher.hash(UnsafeRawBufferPointer(rebasing: $0[..<inputSize])) }
        hasher.use(shared.dataset)
        dataset = shared
        remark("the RandomX dataset is on \(shared.pages.words)")
        // Known answers have other keys, and were in light mode: this is what proves the dataset.
        guard inputs.withUnsafeBytes({ hasher.hash(UnsafeRawBufferPointer(rebasing: $0[..<inputSize])) }) == light
        else {
            throw DeviceError(device: .cpu, reason: "RandomX gives another hash with its dataset than without")
        }
        if machines > 1 { widthsPlace = widthsPlace ?? facts.count }
        return .settled
    }

    private func remark(_ text: String) {
        if !facts.contains(text) { facts.append(text) }
    }

    var remarks: [String] {
        guard let widthsPlace else { return facts }
        var remarks = facts
        let candidates = widths.candidates
        let words = WidthChoice.remark(
            candidates.filter { $0 < machines } + (candidates.contains { $0 >= machines } ? [machines] : []),
            of: machines, fastest: widths.turn.fastest.map { min($0, machines) })
        remarks.insert(words, at: widthsPlace)
        return remarks
    }

    func scan(_ nonces: Range<UInt64>, target: Target, into candidates: inout [Candidate]) throws {
        batches(nonces) { batch in
            hash(batch, into: UnsafeMutableBufferPointer(rebasing: digests[..<batch.count]))
            inputs.withUnsafeBytes { inputs in
                for (index, nonce) in batch.enumerated() {
                    let proof = algorithm.proof(digests[index], of: input(index, inputs))
                    if target.isMet(by: proof) {
                        candidates.append(Candidate(nonce: UInt32(truncatingIfNeeded: nonce), proof: proof))
                    }
                }
            }
        }
    }

    func digests(_ nonces: Range<UInt64>, into digests: UnsafeMutableBufferPointer<Digest>) throws {
        var done = 0
        batches(nonces) { batch in
            hash(batch, into: UnsafeMutableBufferPointer(rebasing: digests[done..<done + batch.count]))
            done += batch.count
        }
    }

    var batch: Int {
        switch hasher {
        case .cryptonight: width
        case .interpreted, .compiled: mostBatch
        }
    }

    /// How many hashes are to take turns, or run side by side.
    private var width: Int { min(turn.width, machines) }

    /// Calls `body` with the nonces of one batch after the other. A sequence of them would allocate.
    @inline(__always)
    private func batches(_ nonces: Range<UInt64>, _ body: (Range<UInt64>) -> Void) {
        var first = nonces.lowerBound
        while first < nonces.upperBound {
            let end = min(first + UInt64(batch), nonces.upperBound)
            body(first..<end)
            first = end
        }
    }

    private func hash(_ nonces: Range<UInt64>, into digests: UnsafeMutableBufferPointer<Digest>) {
        if let nonceOffset {
            for (index, nonce) in nonces.enumerated() {
                let first = index * inputSize + nonceOffset
                for byte in 0..<4 { inputs[first + byte] = UInt8(truncatingIfNeeded: nonce >> (8 * UInt64(byte))) }
            }
        }
        if interest != nil, dataset == nil {
            // RandomX, and side by side gains nothing while items are computed.
            return hash(count: nonces.count, width: 1, into: digests)
        }
        turn = widths.batch(turn, hashes: nonces.count == batch ? nonces.count : nil) {
            hash(count: nonces.count, width: width, into: digests)
        }
    }

    private func hash(count: Int, width: Int, into digests: UnsafeMutableBufferPointer<Digest>) {
        inputs.withUnsafeBytes { inputs in
            let used = UnsafeRawBufferPointer(rebasing: inputs[..<(count * inputSize)])
            switch hasher {
            case .cryptonight(let hasher): hasher.hash(used, into: digests, width: width)
            case .interpreted(let hasher, _): hasher.hash(used, into: digests, width: width)
            case .compiled(let hasher, _): hasher.hash(used, into: digests, width: width)
            }
        }
    }

    private func input(_ index: Int, _ inputs: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: inputs[index * inputSize..<(index + 1) * inputSize])
    }
}
