import NightjarCore

/// One stream of execution on a device.
///
/// A lane lives on one thread: it is made there, used there and released there. It owns its scratchpads and code
/// buffers. `prepare` may take seconds (a RandomX cache, a kernel build); inside `scan`, `checksum` and `digests` nothing
/// awaits, allocates or logs, and no lock is held for longer than it takes to note how fast a batch was.
package protocol Lane: AnyObject {
    /// How many nonces the next call should be given: a few on a CPU, a whole launch on a GPU, at most all 2³².
    var batch: Int { get }

    /// How many candidates a scan's caller makes room for. Bounded: it does not grow with ``batch``.
    var mostCandidates: Int { get }

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

    /// Hashes each nonce of `nonces` and appends those that are wanted, each once, in no particular order: every nonce
    /// whose ``Proof`` meets `target` by its top word, and every nonce of `audit` whatever its digest.
    ///
    /// A few more than ``mostCandidates`` may come up when the target is very easy. None is ever lost: then `candidates`
    /// grows, and a device whose own room is full scans the same nonces again in smaller parts.
    ///
    /// - Parameters:
    ///   - nonces: not empty, at most `batch` of them, all below 2³².
    ///   - target: compared by ``Target/top`` alone, so that a candidate may miss it narrowly.
    ///   - audit: a part of `nonces`.
    ///   - candidates: appended to. Nothing is allocated while it has room.
    /// - Throws: ``DeviceError`` when the device failed; then `candidates` has nothing of this call.
    func scan(
        _ nonces: Range<UInt64>, target: Target, audit: Range<UInt64>?, into candidates: inout [Candidate]) throws

    /// Hashes each nonce of `nonces`, and makes one number of all: the XOR of the top words of what a target is compared
    /// with, reduced where the hashes are made.
    ///
    /// - Parameter nonces: as for `scan`.
    func checksum(_ nonces: Range<UInt64>) throws -> UInt64

    /// Hashes each nonce of `nonces`, the digest of the i-th going to `digests[i]`. For small ranges: a scan tells no
    /// digests but its candidates'.
    ///
    /// For work without a nonce, `nonces` is `0..<1`.
    func digests(_ nonces: Range<UInt64>, into digests: UnsafeMutableBufferPointer<Digest>) throws
}

extension Lane {
    package var remarks: [String] { [] }

    package func settle(_ settling: Settling) throws -> Settlement { .settled }
}
