import CHashing
import NightjarCore

/// Searches for nonces of 80-byte headers, with one code. One thread at a time may use it.
package final class SHA256dSearch {
    /// Bytes of a header.
    package static let headerSize = Int(NJ_SHA256D_HEADER)
    /// The nonce's place in it.
    package static let nonceOffset = 76

    package let code: SHA256dCode
    private let job = UnsafeMutablePointer<nj_sha256d_job>.allocate(capacity: 1)
    /// Room for the candidates of a few steps.
    private let found = UnsafeMutableBufferPointer<nj_sha256d_candidate>.allocate(capacity: 4 * Int(NJ_SHA256D_STEP))

    package init(_ code: SHA256dCode) {
        precondition(nj_sha256d_available(code.cValue), "this processor can't run the code")
        self.code = code
        job.initialize(to: nj_sha256d_job())
        found.initialize(repeating: nj_sha256d_candidate())
    }

    deinit {
        job.deallocate()
        found.deallocate()
    }

    /// How many of `count` headers that differ only in their first 64 bytes the code hashes together: at least 1, and more
    /// than one only where that is faster than one after the other.
    package func works(_ count: Int) -> Int { nj_sha256d_works(code.cValue, count) }

    /// Prepares headers; their nonces are ignored.
    ///
    /// - Parameter headers: a number of them that ``works(_:)`` gives. They differ only in their first 64 bytes.
    package func prepare(_ headers: [[UInt8]]) {
        precondition(works(headers.count) == headers.count && headers.allSatisfy { $0.count == Self.headerSize })
        nj_sha256d_prepare(job, Array(headers.joined()), headers.count)
    }

    /// Hashes each nonce with each header, and calls `body` with those whose digest's top word is at most `top`: the
    /// nonce, the header's index, and the digest. Allocates nothing.
    ///
    /// - Parameter nonces: all below 2³².
    package func search(_ nonces: Range<UInt64>, top: UInt64, _ body: (UInt32, Int, Digest) -> Void) {
        var first = nonces.lowerBound
        while first < nonces.upperBound {
            var count = 0
            first += nj_sha256d_search(
                code.cValue, job, UInt32(first), nonces.upperBound - first, top, found.baseAddress, found.count, &count)
            for candidate in found[..<count] {
                body(candidate.nonce, Int(candidate.work), Digest(words: candidate.digest))
            }
        }
    }

    /// The XOR of the digests' top words, with the only header.
    package func checksum(_ nonces: Range<UInt64>) -> UInt64 {
        guard !nonces.isEmpty else { return 0 }
        return nj_sha256d_checksum(code.cValue, job, UInt32(nonces.lowerBound), UInt64(nonces.count))
    }

    /// The digest of one nonce with the first header, in plain C.
    package func digest(_ nonce: UInt32) -> Digest { Digest(words: nj_sha256d_hash(job, 0, nonce).digest) }
}
