import NightjarCore
import NightjarWire

/// A hash for tests of the wire: Keccak over the input, in place of an algorithm that takes its time.
@Sendable package func fakeProof(_ work: Work) -> Proof {
    func keccak(_ input: [UInt8]) -> Digest { Digest(BlockID.keccak256(input)) ?? Digest() }
    let digest = keccak(work.input)
    return Proof(digest: digest, commitment: work.algorithm.hasCommitment ? keccak(work.input + digest.bytes) : nil)
}

/// The first share of `job` under `prove`, from the given one of its nonces on.
package func find(_ job: Job, skipping: Int = 0, by prove: (Work) -> Proof = fakeProof) throws -> Share {
    for nonce in job.nonces.range.dropFirst(skipping).prefix(100_000) {
        let proof = prove(job.work.fixed(nonce: UInt32(nonce)))
        if job.target.isMet(by: proof) { return Share(job: job, nonce: UInt32(nonce), proof: proof, device: .cpu) }
    }
    throw WaitedInVain(description: "no share within 100000 nonces")
}
