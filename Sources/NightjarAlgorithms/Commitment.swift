import CHashing
import NightjarCore

extension Algorithm {
    /// The proof for `input` and its digest. Allocates nothing.
    package func proof(_ digest: Digest, of input: UnsafeRawBufferPointer) -> Proof {
        guard hasCommitment else { return Proof(digest: digest) }
        var hash = nj_blake2b()
        var words = digest.words
        Self.littleEndian(&words)
        nj_blake2b_init(&hash, 32)
        nj_blake2b_update(&hash, input.baseAddress, input.count)
        nj_blake2b_update(&hash, &words, 32)
        nj_blake2b_final(&hash, &words)
        Self.littleEndian(&words)
        return Proof(digest: digest, commitment: Digest(words: words))
    }

    /// Converts words between the processor's byte order and little-endian, in either direction.
    private static func littleEndian(_ words: inout (UInt64, UInt64, UInt64, UInt64)) {
        words = (words.0.littleEndian, words.1.littleEndian, words.2.littleEndian, words.3.littleEndian)
    }
}

extension Work {
    /// The proof for a digest of this work.
    ///
    /// - Parameter nonce: the nonce that was hashed; `nil` for the input as it stands.
    package func proof(_ digest: Digest, nonce: UInt32? = nil) -> Proof {
        guard algorithm.hasCommitment else { return Proof(digest: digest) }
        return (nonce.map { input(nonce: $0) } ?? input).withUnsafeBytes { algorithm.proof(digest, of: $0) }
    }
}
