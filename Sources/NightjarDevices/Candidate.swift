import NightjarCore

/// A nonce that a lane hands up. The verifier has not checked it yet.
package struct Candidate: Sendable, Hashable {
    package let nonce: UInt32
    /// Which of the works that the lane hashes side by side it belongs to: 0, or a sibling's place counted from 1.
    package let sibling: Int
    /// The digest, and the commitment where there is one, as the device computed them.
    package let proof: Proof

    package init(nonce: UInt32, sibling: Int = 0, proof: Proof) {
        self.nonce = nonce
        self.sibling = sibling
        self.proof = proof
    }

    /// For algorithms without a commitment.
    package init(nonce: UInt32, sibling: Int = 0, digest: Digest) {
        self.init(nonce: nonce, sibling: sibling, proof: Proof(digest: digest))
    }

    package var digest: Digest { proof.digest }
}
