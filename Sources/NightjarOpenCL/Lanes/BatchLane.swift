import NightjarCore
import NightjarDevices

/// What every lane of an OpenCL device does with a batch, whatever its kernels compute.
package protocol BatchLane: Lane {
    var runtime: DeviceRuntime { get }
    var queue: Queue { get }
    var results: BatchResults { get }
    /// How the loop that takes most of a batch's time is cut into launches.
    var slices: Slices { get set }
    /// Turns of that loop in a batch.
    var turnsOfBatch: Int { get }

    /// Enqueues a batch, all of it.
    ///
    /// - Parameters:
    ///   - target: what a hash's compared word must be below to be a hit.
    ///   - everything: whether digests are left instead of hits.
    func run(_ nonces: Range<UInt64>, target: UInt64, everything: Bool) throws

    /// What a hit is handed on as.
    func candidate(_ nonce: UInt32, _ digest: Digest) -> Candidate
}

extension BatchLane {
    package func scan(_ nonces: Range<UInt64>, target: Target, into candidates: inout [Candidate]) throws {
        try onDevice(runtime.device.id) {
            let begin = ContinuousClock.now
            try run(nonces, target: target.value, everything: false)
            let first = UInt32(nonces.lowerBound)
            try results.readHits(queue, of: nonces.count, device: runtime.device.id) { slot, digest in
                candidates.append(candidate(first + slot, digest))
            }
            note(nonces.count, since: begin)
        }
    }

    package func digests(_ nonces: Range<UInt64>, into digests: UnsafeMutableBufferPointer<Digest>) throws {
        precondition(digests.count >= nonces.count, "no room for the digests")
        try onDevice(runtime.device.id) {
            let begin = ContinuousClock.now
            try run(nonces, target: 0, everything: true)
            try results.readDigests(queue, nonces.count, into: digests)
            note(nonces.count, since: begin)
        }
    }

    /// A batch that is not full says little of one that is.
    private func note(_ count: Int, since begin: ContinuousClock.Instant) {
        guard count == batch else { return }
        slices.note(seconds: (ContinuousClock.now - begin) / .seconds(1), turns: turnsOfBatch)
    }
}
