import NightjarAlgorithms
import NightjarCore
import NightjarDevices
import NightjarPlatform

/// A lane on one CPU thread: its scratchpads, its hasher, and copies of the input to put nonces into.
///
/// A batch is a few milliseconds of work, so that a new job is taken up quickly. It is one hash, or as many as are
/// faster together.
final class CPULane: InputLane {
    private let mostBatch: Int
    private let algorithm: Algorithm
    private let hasher: any CPUHasher
    /// The processing unit that the thread is bound to; `nil` for none.
    private let unit: Int?
    /// Remarks that do not change. The hasher's remarks follow them.
    private let firstRemarks: [String]
    /// The place of the remark on widths among the others; `nil` until widths matter.
    private var widthsPlace: Int?
    /// The lane's part in finding the fastest width.
    private let widths: SharedWidths.Member
    /// The next turn. Its width is limited by the lane's scratchpads. It stays the same until its hashes are made.
    private var turn: WidthWatch.Turn
    /// The most hashes at once: one for each scratchpad.
    private let machines: Int
    /// The hashes of a batch; `nil` when a batch has as many hashes as the width.
    private let fixedBatch: Int?
    /// Owns the hasher's scratchpads.
    private let scratchpads: LaneScratchpads
    /// The input, `copies` times.
    private var inputs: [UInt8] = []
    /// One for each hash of a batch. Work without a nonce has one hash, and its input may be long.
    private var copies = 1
    private var inputSize = 0
    private var nonceOffset: Int?
    /// Inputs of one length, one after the other: see ``digests(of:_:into:)``.
    private var row: [UInt8] = []
    private let digests: UnsafeMutableBufferPointer<Digest>

    /// - Parameter parameters: the algorithm's.
    init<Family: CPUHasherFamily>(
        _ algorithm: Algorithm, _ parameters: Family.Parameters, of family: Family, _ resources: CPULaneResources
    ) throws(NightjarError) {
        let widths = resources.widths
        scratchpads = try LaneScratchpads(
            bytes: parameters.scratchpad, widths.choice, pages: resources.pages, reserve: resources.reserve)
        let member = SharedWidths.Member(widths)
        self.widths = member
        machines = scratchpads.count
        unit = resources.unit
        self.algorithm = algorithm
        firstRemarks = resources.remarks + scratchpads.remarks
        fixedBatch = widths.choice.batch
        hasher = try family.hasher(
            parameters,
            CPUHasherResources(
                scratchpads: scratchpads.memory, machines: machines, implementation: resources.implementation,
                widths: member, threads: resources.threads, unit: resources.unit))
        mostBatch = fixedBatch ?? min(widths.choice.most, machines)
        turn = member.turn
        digests = .allocate(capacity: mostBatch)
        digests.initialize(repeating: Digest())
        notePlaceOfWidths()
    }

    deinit { digests.deallocate() }

    func prepare(_ work: Work) throws {
        precondition(work.algorithm == algorithm, "a lane is made for one algorithm")
        try hasher.prepare(work.epoch)
        inputs.removeAll(keepingCapacity: true)
        copies = work.nonceOffset == nil ? 1 : mostBatch
        for _ in 0..<copies { inputs.append(contentsOf: work.input) }
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

    /// Notes the place of the remark on widths: after the remarks that exist when widths begin to matter.
    private func notePlaceOfWidths() {
        guard widthsPlace == nil, machines > 1, widths.list.count > 1, hasher.fixedWidth == nil else { return }
        widthsPlace = firstRemarks.count + hasher.remarks.count
    }

    var remarks: [String] {
        var remarks = firstRemarks + hasher.remarks
        guard let widthsPlace else { return remarks }
        let words = WidthChoice.remark(
            of: limited(widths.list), fastest: widths.turn.fastest.map { min($0, machines) })
        remarks.insert(words, at: widthsPlace)
        return remarks
    }

    /// The widths that the lane's scratchpads allow.
    private func limited(_ widths: [Int]) -> [Int] {
        widths.filter { $0 < machines } + (widths.contains { $0 >= machines } ? [machines] : [])
    }

    var facts: LaneFacts {
        var facts = LaneFacts(
            hashesAtOnce: hasher.fixedWidth ?? widths.turn.fastest.map { min($0, machines) },
            units: unit.map { [$0] } ?? [])
        facts.scratchpadPages = scratchpads.kind
        facts.datasetPages = hasher.datasetPages
        return facts
    }

    var isComparing: Bool {
        machines > 1 && widths.list.count > 1 && hasher.fixedWidth == nil && widths.turn.fastest == nil
    }

    /// A batch is never larger, so neither is the number of candidates.
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

    /// Hashes batch by batch, and calls `body` with each nonce's proof.
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

    func digests(of inputs: Inputs, _ epoch: Epoch, into digests: UnsafeMutableBufferPointer<Digest>) throws {
        try hasher.prepare(epoch)
        var first = 0
        while first < inputs.count {
            let end = inputs.endOfOneSize(from: first, most: min(batch, mostBatch))
            row.removeAll(keepingCapacity: true)
            for index in first..<end { row.append(contentsOf: inputs[index]) }
            row.withUnsafeBytes { hash($0, into: UnsafeMutableBufferPointer(rebasing: digests[first..<end])) }
            first = end
        }
    }

    var batch: Int { fixedBatch ?? width }

    /// How many hashes to make at once.
    private var width: Int { min(turn.width, machines) }

    /// Calls `body` with the nonces of one batch after the other. A sequence of them would allocate.
    @inline(__always)
    private func batches(_ nonces: Range<UInt64>, _ body: (Range<UInt64>) -> Void) {
        var first = nonces.lowerBound
        while first < nonces.upperBound {
            let end = min(first + UInt64(min(batch, copies)), nonces.upperBound)
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
        inputs.withUnsafeBytes { inputs in
            hash(UnsafeRawBufferPointer(rebasing: inputs[..<(nonces.count * inputSize)]), into: digests)
        }
    }

    /// Hashes inputs of one length: at most a batch of them, in the width whose turn it is.
    private func hash(_ inputs: UnsafeRawBufferPointer, into digests: UnsafeMutableBufferPointer<Digest>) {
        if let width = hasher.fixedWidth { return hasher.hash(inputs, into: digests, width: width) }
        turn = widths.batch(turn, hashes: digests.count == batch ? digests.count : nil) {
            hasher.hash(inputs, into: digests, width: width)
        }
    }

    private func input(_ index: Int, _ inputs: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: inputs[index * inputSize..<(index + 1) * inputSize])
    }
}
