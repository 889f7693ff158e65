import NightjarCore

/// A nonce that a lane hands up. The verifier has not checked it yet.
package struct Candidate: Sendable, Hashable {
    package let nonce: UInt32
    /// The digest, and the commitment where there is one, as the device computed them.
    package let proof: Proof

    package init(nonce: UInt32, proof: Proof) {
        self.nonce = nonce
        self.proof = proof
    }

    /// For algorithms without a commitment.
    package init(nonce: UInt32, digest: Digest) { self.init(nonce: nonce, proof: Proof(digest: digest)) }

    package var digest: Digest { proof.digest }
}
