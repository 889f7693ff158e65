import CHashing
import NightjarCore
import NightjarWire
import TestSupport

/// Hashes a header with the portable code, in place of a device.
@Sendable func headerProof(_ work: Work) -> Proof {
    var digest = [UInt8](repeating: 0, count: 32)
    if work.algorithm == .scrypt {
        withUnsafeTemporaryAllocation(byteCount: Int(NJ_SCRYPT_SCRATCHPAD), alignment: 64) {
            nj_scrypt(work.input, work.input.count, $0.baseAddress, &digest)
        }
    } else {
        nj_sha256d(work.input, work.input.count, &digest)
    }
    return Proof(digest: Digest(digest) ?? Digest())
}

/// A share that is a block; on a regtest chain every second hash is one.
///
/// - Parameter skipping: the nonces before it.
func mined(_ job: UpstreamJob, skipping: Int = 0) throws -> Share {
    try find(job.job, skipping: skipping, by: headerProof)
}
