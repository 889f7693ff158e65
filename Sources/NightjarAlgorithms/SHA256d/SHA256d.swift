import CHashing
import NightjarCore

/// SHA-256d in plain C: what faster code is held to.
package enum SHA256d {
    /// Writes the digest of `input`. Allocates nothing.
    package static func hash(_ input: UnsafeRawBufferPointer, into digest: inout Digest) {
        withUnsafeMutableBytes(of: &digest) {
            nj_sha256d(input.baseAddress, input.count, $0.assumingMemoryBound(to: UInt8.self).baseAddress)
        }
    }
}
