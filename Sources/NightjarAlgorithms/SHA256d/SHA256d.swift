import CHashing
import NightjarCore

/// SHA-256d of whole inputs.
package enum SHA256d {
    /// Writes the digest of `input`, by plain C: what faster code is held to. Allocates nothing.
    package static func hash(_ input: UnsafeRawBufferPointer, into digest: inout Digest) {
        withUnsafeMutableBytes(of: &digest) {
            nj_sha256d(input.baseAddress, input.count, $0.assumingMemoryBound(to: UInt8.self).baseAddress)
        }
    }

    /// Writes the digests of some of several inputs: from the first one on, and no further than to the next one of another
    /// size or without an address. Several are hashed at once where `code` is not the portable one. Allocates nothing.
    ///
    /// - Parameters:
    ///   - addresses: the inputs' addresses.
    ///   - sizes: the bytes of each.
    ///   - longest: the largest size. A larger one, or a negative one, is not hashed.
    ///   - digests: room for one of each input.
    /// - Returns: how many digests it has written: none only where the first input has no address, or a size
    ///   that is not allowed.
    package static func hash(
        _ addresses: UnsafeBufferPointer<UnsafePointer<UInt8>?>, sizes: UnsafeBufferPointer<Int>, longest: Int,
        _ code: SHA256dCode, into digests: UnsafeMutableBufferPointer<Digest>
    ) -> Int {
        precondition(MemoryLayout<Digest>.stride == 32 && digests.count == addresses.count)
        precondition(sizes.count == addresses.count)
        // The C code writes bytes, and the words are little-endian: SHA instructions are x86-64's alone.
        return nj_sha256d_inputs(
            code.cValue, addresses.baseAddress, sizes.baseAddress, addresses.count, longest,
            UnsafeMutableRawBufferPointer(digests).baseAddress?.assumingMemoryBound(to: UInt8.self))
    }
}
