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

    /// Writes the digests of inputs of one length, several at once where `code` is not the portable one. Allocates nothing.
    ///
    /// - Parameters:
    ///   - inputs: the inputs' addresses.
    ///   - length: the bytes of each.
    ///   - digests: one for each input.
    package static func hash(
        _ inputs: UnsafeBufferPointer<UnsafePointer<UInt8>?>, length: Int, _ code: SHA256dCode,
        into digests: UnsafeMutableBufferPointer<Digest>
    ) {
        precondition(MemoryLayout<Digest>.stride == 32 && digests.count == inputs.count)
        // The C code writes bytes, and the words are little-endian: SHA instructions are x86-64's alone.
        nj_sha256d_inputs(
            code.cValue, inputs.baseAddress, length, inputs.count,
            UnsafeMutableRawBufferPointer(digests).baseAddress?.assumingMemoryBound(to: UInt8.self))
    }
}
