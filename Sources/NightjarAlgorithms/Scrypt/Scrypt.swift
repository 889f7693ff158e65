import CHashing
import NightjarCore

/// scrypt with Litecoin's parameters in plain C: what faster code is held to.
package enum Scrypt {
    /// Writes the digest of `input`. Allocates nothing.
    ///
    /// - Parameter scratchpad: 128 KiB, 64-byte aligned; its content does not matter.
    package static func hash(
        _ input: UnsafeRawBufferPointer, scratchpad: UnsafeMutableRawBufferPointer, into digest: inout Digest
    ) {
        precondition(scratchpad.count >= Int(NJ_SCRYPT_SCRATCHPAD), "a hash needs its whole scratchpad")
        withUnsafeMutableBytes(of: &digest) {
            nj_scrypt(
                input.baseAddress, input.count, scratchpad.baseAddress,
                $0.assumingMemoryBound(to: UInt8.self).baseAddress)
        }
    }
}
