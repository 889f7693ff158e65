import NightjarCore
import NightjarDevices

/// A lane of an OpenCL device. All of them treat their batches alike; only the kernels differ.
package protocol BatchLane: InputLane {
    var runtime: DeviceRuntime { get }
    var queue: Queue { get }
    var results: BatchResults { get }
    /// The slices of the loop that takes most of a batch's time.
    var slices: Slices { get set }
    /// Turns of that loop in a batch.
    var turnsOfBatch: Int { get }
    /// What a batch hashes.
    var message: InputBuffer { get }

    /// Enqueues a whole batch: nonces, or the inputs that were sent to the device, numbered from 0. The caller has made
    /// ``results`` ready for it.
    func run(_ nonces: Range<UInt64>) throws

    /// Prepares what inputs of an epoch need.
    func use(_ epoch: Epoch) throws

    /// Sends inputs to the device, for the next batch. ``use(_:)`` was called before.
    ///
    /// - Parameters: as of ``InputBuffer/upload(_:_:_:for:)``.
    func upload(_ inputs: Inputs, _ order: ArraySlice<Int>) throws

    /// The candidate that a hit becomes.
    func candidate(_ nonce: UInt32, _ digest: Digest) -> Candidate
}

extension BatchLane {
    package var mostCandidates: Int { results.room }

    package func scan(
        _ nonces: Range<UInt64>, target: Target, audit: Range<UInt64>?, into candidates: inout [Candidate]
    ) throws {
        let before = candidates.count
        do {
            try onDevice(runtime.device.id) {
                try scan(nonces, top: target.top, audit: audit ?? 0..<0, into: &candidates)
            }
        } catch {
            candidates.removeLast(candidates.count - before)
            throw error
        }
    }

    private func scan(
        _ nonces: Range<UInt64>, top: UInt64, audit: Range<UInt64>, into candidates: inout [Candidate]
    ) throws {
        let audited = audit.clamped(to: nonces)
        let expected = UInt64(nonces.count).multipliedFullWidth(by: top).high
        // If too many hits are expected, a try would be wasted. Besides, the kernel counts hits in 32 bits: 2³² hits
        // would be counted as none.
        if expected < 2 * UInt64(results.room), audited.count <= results.room {
            let slots = Int(audited.lowerBound - nonces.lowerBound)..<Int(audited.upperBound - nonces.lowerBound)
            let tally = try hash(nonces, BatchResults.Wanted(top: top, audit: slots))
            if tally.hits <= results.room {
                let first = UInt32(nonces.lowerBound)
                return try results.readHits(queue, tally.hits, of: nonces.count, device: runtime.device.id) {
                    candidates.append(candidate(first + $0, $1))
                }
            }
        }
        // There is no room for all hits: scan each half by itself. There is always room for one nonce.
        let middle = nonces.lowerBound + UInt64(nonces.count / 2)
        try scan(nonces.lowerBound..<middle, top: top, audit: audit, into: &candidates)
        try scan(middle..<nonces.upperBound, top: top, audit: audit, into: &candidates)
    }

    package func checksum(_ nonces: Range<UInt64>) throws -> UInt64 {
        try onDevice(runtime.device.id) { try hash(nonces, BatchResults.Wanted(sums: true)).checksum }
    }

    /// Audits all nonces, in parts that there is room for.
    package func digests(_ nonces: Range<UInt64>, into digests: UnsafeMutableBufferPointer<Digest>) throws {
        precondition(digests.count >= nonces.count, "no room for the digests")
        try onDevice(runtime.device.id) {
            var first = nonces.lowerBound
            while first < nonces.upperBound {
                let part = first..<min(nonces.upperBound, first + UInt64(results.room))
                let done = Int(first - nonces.lowerBound)
                let tally = try hash(part, BatchResults.Wanted(audit: 0..<part.count))
                guard tally.hits == part.count else {
                    throw NightjarError(
                        device: runtime.device.id, reason: "gave \(tally.hits) digests for \(part.count) nonces")
                }
                try results.readHits(queue, tally.hits, of: part.count, device: runtime.device.id) {
                    digests[done + Int($0)] = $1
                }
                first = part.upperBound
            }
        }
    }

    /// Inputs of one length make a batch. Whatever their order, there are as few batches as their lengths allow.
    package func digests(
        of inputs: Inputs, _ epoch: Epoch, into digests: UnsafeMutableBufferPointer<Digest>
    ) throws {
        precondition(digests.count >= inputs.count, "no room for the digests")
        try onDevice(runtime.device.id) {
            try use(epoch)
            let order = message.order(inputs)
            var first = 0
            while first < order.count {
                let slots = message.launch(inputs, order, from: first, most: inputsAtOnce)
                try upload(inputs, order[slots])
                try results.reserve(slots.count)
                let tally = try hash(0..<UInt64(slots.count), BatchResults.Wanted(audit: 0..<slots.count))
                guard tally.hits == slots.count else {
                    throw NightjarError(
                        device: runtime.device.id, reason: "gave \(tally.hits) digests for \(slots.count) inputs")
                }
                try results.readHits(queue, tally.hits, of: slots.count, device: runtime.device.id) {
                    digests[order[first + Int($0)]] = $1
                }
                first = slots.upperBound
            }
        }
    }

    /// Runs a batch, and waits for it.
    private func hash(_ nonces: Range<UInt64>, _ wanted: BatchResults.Wanted) throws -> BatchResults.Tally {
        let begin = ContinuousClock.now
        try results.begin(queue, wanted)
        try run(nonces)
        let tally = try results.readTally(queue, of: nonces.count, device: runtime.device.id)
        // Only full batches are measured: a partial one takes longer for each hash.
        if nonces.count == batch {
            slices.note(seconds: (ContinuousClock.now - begin) / .seconds(1), turns: turnsOfBatch)
        }
        return tally
    }
}
