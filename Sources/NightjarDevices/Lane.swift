import NightjarCore

/// One stream of execution on a device.
///
/// A lane lives on one thread: it is made there, used there and released there. It owns its scratchpads and code
/// buffers. `prepare` may take seconds (a RandomX cache, a kernel build); inside `scan` and `digests` nothing awaits,
/// allocates or logs, and no lock is held for longer than it takes to note how fast a batch was.
package protocol Lane: AnyObject {
    /// How many nonces the next call should be given: a few on a CPU, a whole launch on a GPU.
    var batch: Int { get }

    /// As many as ``batch`` ever says.
    var mostBatch: Int { get }

    /// What became of the lane that its plan could not know, one sentence a line: the pages its memory got, a thread
    /// that could not be pinned. Only ``settle(_:)`` adds to it.
    var remarks: [String] { get }

    /// Makes ready for `work`: everything that depends on its input, height or seed.
    ///
    /// - Throws: ``DeviceError`` when the device cannot run it.
    func prepare(_ work: Work) throws

    /// Spends time and memory so that many nonces of the work prepared last are hashed sooner; the digests are the
    /// same. For whoever has many nonces to hash, after `prepare`. May take a minute, and gives up within a fraction of
    /// a second when told to. Most lanes have nothing to do here.
    ///
    /// - Throws: ``DeviceError`` when the device turns out to be faulty.
    func settle(_ settling: Settling) throws -> Settlement

    /// Hashes each nonce of `nonces` and appends those whose ``Proof`` meets `target`, in no particular order.
    ///
    /// - Parameters:
    ///   - nonces: not empty, at most `batch` of them, all below 2³².
    ///   - candidates: appended to, within its capacity of at least `batch`.
    /// - Throws: ``DeviceError`` when the device failed; then `candidates` has nothing of this call.
    func scan(_ nonces: Range<UInt64>, target: Target, into candidates: inout [Candidate]) throws

    /// Hashes each nonce of `nonces`, the digest of the i-th going to `digests[i]`. The same code as `scan`'s, without
    /// the commitments.
    ///
    /// For work without a nonce, `nonces` is `0..<1`.
    func digests(_ nonces: Range<UInt64>, into digests: UnsafeMutableBufferPointer<Digest>) throws
}

extension Lane {
    package var remarks: [String] { [] }
    package var mostBatch: Int { batch }

    package func settle(_ settling: Settling) throws -> Settlement { .settled }
}
