import NightjarCore

/// One stream of execution on a device.
///
/// A lane lives on one thread: it is made there, used there and released there. It owns its scratchpads and code
/// buffers. `prepare` may take seconds (a RandomX cache, a kernel build); inside `scan`, `checksum` and `digests`
/// nothing awaits, allocates or logs. A lock is held only to note how fast a batch was.
package protocol Lane: AnyObject {
    /// How many nonces the next call should get: a few on a CPU, a whole launch on a GPU, at most 2³².
    var batch: Int { get }

    /// How many candidates a scan's caller reserves room for. The number does not grow with ``batch``.
    var mostCandidates: Int { get }

    /// Facts that the plan could not know, one sentence each, such as the kind of pages or a thread that could not be
    /// pinned. Only ``settle(_:)`` adds to them.
    var remarks: [String] { get }

    /// The remarks' content as facts, as far as it is known. The number of lanes in it means nothing.
    var facts: LaneFacts { get }

    /// Whether it still compares ways to hash while it works, so that it is not yet as fast as it will be.
    var isComparing: Bool { get }

    /// Prepares everything that depends on the input, height or seed of `work`.
    ///
    /// - Throws: ``NightjarError`` when the device cannot run it.
    func prepare(_ work: Work) throws

    /// Prepares `work` and as many of its siblings (see ``WorkUnit/siblings``) as the lane gains from: a scan then hashes
    /// each nonce for all of them. `checksum` and `digests` need work that was prepared alone.
    ///
    /// - Parameter siblings: those of the work's unit.
    /// - Returns: how many of them, from the first on, scans hash beside `work`. 0 for most lanes.
    /// - Throws: as ``prepare(_:)``.
    func prepare(_ work: Work, siblings: [WorkUnit.Sibling]) throws -> Int

    /// Spends time and memory so that the work that was prepared last is hashed faster; the digests stay the same. Call
    /// it after `prepare` when there are many nonces to hash. It may take a minute, and stops within a fraction of a
    /// second when it is cancelled. Most lanes do nothing here.
    ///
    /// - Throws: ``NightjarError`` when the device turns out to be faulty.
    func settle(_ settling: Settling) throws -> Settlement

    /// Hashes each nonce of `nonces` and appends candidates, each once, in any order: every nonce whose ``Proof`` meets
    /// `target` by its top word, and every nonce of `audit`, whatever its digest; the same for each sibling that was
    /// prepared.
    ///
    /// With a very easy target there may be more than ``mostCandidates``. None is lost: `candidates` grows, and a
    /// device whose own buffer is full scans the same nonces again in smaller parts.
    ///
    /// - Parameters:
    ///   - nonces: not empty, at most `batch` nonces, all below 2³².
    ///   - target: only its ``Target/top`` is compared, so that a candidate may narrowly miss it.
    ///   - audit: a part of `nonces`.
    ///   - candidates: gets the new candidates appended. Nothing is allocated while it has room.
    /// - Throws: ``NightjarError`` when the device failed; then this call has appended nothing.
    func scan(
        _ nonces: Range<UInt64>, target: Target, audit: Range<UInt64>?, into candidates: inout [Candidate]) throws

    /// Hashes each nonce of `nonces`, and returns one number: the XOR of the top words of the values that a target is
    /// compared with. The device computes the XOR itself.
    ///
    /// - Parameter nonces: as for `scan`.
    func checksum(_ nonces: Range<UInt64>) throws -> UInt64

    /// Hashes each nonce of `nonces`, and writes the i-th nonce's digest to `digests[i]`. Use it for small ranges only.
    ///
    /// For work without a nonce, `nonces` is `0..<1`.
    func digests(_ nonces: Range<UInt64>, into digests: UnsafeMutableBufferPointer<Digest>) throws
}

extension Lane {
    package var remarks: [String] { [] }

    package var facts: LaneFacts { LaneFacts() }

    package var isComparing: Bool { false }

    package func prepare(_ work: Work, siblings: [WorkUnit.Sibling]) throws -> Int {
        try prepare(work)
        return 0
    }

    package func settle(_ settling: Settling) throws -> Settlement { .settled }
}
