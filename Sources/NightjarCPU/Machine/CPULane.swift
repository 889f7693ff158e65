import NightjarAlgorithms
import NightjarCore
import NightjarDevices
import NightjarPlatform

/// A lane on one CPU thread: its scratchpads, its hasher, and copies of the input to put nonces into.
///
/// A batch is a few milliseconds of work, so that a new job is taken up at once: one hash, or as many as gain by being
/// hashed together.
final class CPULane: Lane {
    private let mostBatch: Int
    private let algorithm: Algorithm
    private let hasher: any CPUHasher
    /// What does not change, before what the hasher has to say.
    private let facts: [String]
    /// After how many remarks the word on widths comes, once there is one.
    private var widthsPlace: Int?
    /// How many hashes there are at once: that take turns, or side by side.
    private let widths: SharedWidths.Member
    /// What it is to do next: so many hashes, or as many as it has scratchpads for. It stays the same until they are
    /// done.
    private var turn: WidthWatch.Turn
    /// As many hashes at once as there are scratchpads for.
    private let machines: Int
    /// Hashes of a batch; `nil` when a batch has as many as there are at once.
    private let fixedBatch: Int?
    /// Owns the memory that the hasher works in.
    private let scratchpads: LaneScratchpads
    /// The input, `batch` times.
    private var inputs: [UInt8] = []
    private var inputSize = 0
    private var nonceOffset: Int?
    private let digests: UnsafeMutableBufferPointer<Digest>

    /// - Parameters:
    ///   - parameters: the algorithm's.
    ///   - widths: what finds out how many are fastest, for all lanes that share a cache: for some families first by a
    ///     trial of about a second.
    ///   - pages: the best kind of memory to try for.
    ///   - threads: how many threads may prepare what lanes share.
    ///   - unit: the processing unit that the calling thread is bound to, by the system's index.
    ///   - remarks: what the maker has to say, before what this says of its memory.
    init<Family: CPUFamily>(
        _ algorithm: Algorithm, _ parameters: Family.Parameters, of family: Family, implementation: Implementation,
        widths: SharedWidths, pages: HugePages.Kind, threads: Int, unit: Int?, remarks: [String]
    ) throws(DeviceError) {
        scratchpads = try LaneScratchpads(bytes: parameters.scratchpad, widths.choice, pages: pages)
        let member = SharedWidths.Member(widths)
        self.widths = member
        machines = scratchpads.count
        self.algorithm = algorithm
        facts = remarks + scratchpads.remarks
        fixedBatch = widths.choice.batch
        hasher = try family.hasher(
            parameters,
            CPUHasherSeat(
                scratchpads: scratchpads.memory, machines: machines, implementation: implementation, widths: member,
                threads: threads, unit: unit))
        mostBatch = fixedBatch ?? min(widths.choice.range.upperBound, machines)
        turn = member.turn
        digests = .allocate(capacity: mostBatch)
        digests.initialize(repeating: Digest())
        notePlaceOfWidths()
    }

    deinit { digests.deallocate() }

    func prepare(_ work: Work) throws {
        precondition(work.algorithm == algorithm, "a lane is made for one algorithm")
        try hasher.prepare(work)
        inputs.removeAll(keepingCapacity: true)
        for _ in 0..<mostBatch { inputs.append(contentsOf: work.input) }
        inputSize = work.input.count
        nonceOffset = work.nonceOffset
    }

    func settle(_ settling: Settling) throws -> Settlement {
        let settlement = try inputs.withUnsafeBytes { inputs in
            try hasher.settle(settling, sample: input(0, inputs))
        }
        notePlaceOfWidths()
        return settlement
    }

    /// The word on widths stands after what was known when they began to matter.
    private func notePlaceOfWidths() {
        guard widthsPlace == nil, machines > 1, widths.range.count > 1, hasher.gainsFromWidth else { return }
        widthsPlace = facts.count + hasher.remarks.count
    }

    var remarks: [String] {
        var remarks = facts + hasher.remarks
        guard let widthsPlace else { return remarks }
        let candidates = widths.candidates
        let words = WidthChoice.remark(
            candidates.filter { $0 < machines } + (candidates.contains { $0 >= machines } ? [machines] : []),
            of: machines, fastest: widths.turn.fastest.map { min($0, machines) })
        remarks.insert(words, at: widthsPlace)
        return remarks
    }

    /// A batch is never larger.
    var mostCandidates: Int { mostBatch }

    func scan(
        _ nonces: Range<UInt64>, target: Target, audit: Range<UInt64>?, into candidates: inout [Candidate]
    ) throws {
        let top = target.top
        let audit = audit ?? 0..<0
        proofs(nonces) { nonce, proof in
            if proof.compared.work <= top || audit.contains(nonce) {
                candidates.append(Candidate(nonce: UInt32(truncatingIfNeeded: nonce), proof: proof))
            }
        }
    }

    func checksum(_ nonces: Range<UInt64>) throws -> UInt64 {
        var checksum: UInt64 = 0
        proofs(nonces) { _, proof in checksum ^= proof.compared.work }
        return checksum
    }

    /// Hashes batch by batch, and calls `body` with what each nonce proves.
    @inline(__always)
    private func proofs(_ nonces: Range<UInt64>, _ body: (UInt64, Proof) -> Void) {
        batches(nonces) { batch in
            hash(batch, into: UnsafeMutableBufferPointer(rebasing: digests[..<batch.count]))
            inputs.withUnsafeBytes { inputs in
                for (index, nonce) in batch.enumerated() {
                    body(nonce, algorithm.proof(digests[index], of: input(index, inputs)))
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

    var batch: Int { fixedBatch ?? width }

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
        guard hasher.gainsFromWidth else { return hash(count: nonces.count, width: 1, into: digests) }
        turn = widths.batch(turn, hashes: nonces.count == batch ? nonces.count : nil) {
            hash(count: nonces.count, width: width, into: digests)
        }
    }

    private func hash(count: Int, width: Int, into digests: UnsafeMutableBufferPointer<Digest>) {
        inputs.withUnsafeBytes { inputs in
            let used = UnsafeRawBufferPointer(rebasing: inputs[..<(count * inputSize)])
            hasher.hash(used, into: digests, width: width)
        }
    }

    private func input(_ index: Int, _ inputs: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: inputs[index * inputSize..<(index + 1) * inputSize])
    }
}
