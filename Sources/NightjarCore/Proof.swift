/// What hashing an input gave: the hash, and for an algorithm that has one the commitment to it.
///
/// A commitment is Blake2b-256 of input and hash (`randomx_calculate_commitment` in tevador/RandomX). Where there is
/// one a target is compared with it, so that one cheap hash shows whether a share with both is worth hashing in full.
public struct Proof: Sendable, Hashable {
    /// The hash: a share's result.
    public let digest: Digest
    /// `nil` for algorithms whose hash itself is compared.
    public let commitment: Digest?

    package init(digest: Digest, commitment: Digest? = nil) {
        self.digest = digest
        self.commitment = commitment
    }

    /// What a target is compared with.
    package var compared: Digest { commitment ?? digest }
}
