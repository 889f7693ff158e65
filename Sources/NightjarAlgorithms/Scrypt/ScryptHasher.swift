import CHashing
import NightjarCore

/// Hashes with scrypt and Litecoin's parameters (RFC 7914; N = 1024, r = 1, p = 1), one input or many at once.
///
/// A hasher works in its own scratchpads, so only one thread may use it at a time.
package struct ScryptHasher {
    private let scratchpads: UnsafeMutableRawBufferPointer
    private let code: ScryptCode

    /// The most inputs that this hasher hashes at once. It has a scratchpad for each.
    package let width: Int

    /// The bytes of a scratchpad.
    package static let scratchpad = Int(NJ_SCRYPT_SCRATCHPAD)

    /// - Parameters:
    ///   - scratchpads: at least `width` times ``scratchpad`` bytes, 64-byte aligned. The caller owns them, and they must
    ///     outlive the hasher. Their content is overwritten.
    ///   - width: at least 1.
    ///   - code: one of ``ScryptCode/available``; another one traps.
    package init(scratchpads: UnsafeMutableRawBufferPointer, width: Int, code: ScryptCode) {
        precondition(ScryptCode.available.contains(code), "this processor lacks the instructions")
        guard let base = scratchpads.baseAddress, width >= 1, scratchpads.count >= width * Self.scratchpad,
            UInt(bitPattern: base) % 64 == 0
        else { preconditionFailure("the scratchpads must be \(width * Self.scratchpad) bytes, aligned to 64") }
        self.scratchpads = scratchpads
        self.width = width
        self.code = code
    }

    /// The digests of several inputs of one length, in their order. Allocates nothing.
    ///
    /// - Parameters:
    ///   - inputs: one after the other, one for each digest.
    ///   - width: how many hashes to make at once, 1 to ``width``. A number that is none of the code's widths gets the
    ///     next smaller one.
    package func hash(
        _ inputs: UnsafeRawBufferPointer, into digests: UnsafeMutableBufferPointer<Digest>, width: Int
    ) {
        precondition((1...self.width).contains(width), "at most \(self.width) hashes are made at once")
        precondition(MemoryLayout<Digest>.stride == 32, "digests are written as 32 bytes each")
        guard !digests.isEmpty else { return }
        let size = inputs.count / digests.count
        precondition(size * digests.count == inputs.count, "the inputs are of one length")
        let bytes = UnsafeMutableRawBufferPointer(digests).baseAddress
        nj_scrypt_hash(
            code.cValue, inputs.baseAddress, size, digests.count, width, scratchpads.baseAddress,
            bytes?.assumingMemoryBound(to: CDigest.self))
    }

    /// `uint8_t[32]`, as Swift imports it.
    private typealias CDigest = (
        UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8,
        UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8, UInt8
    )
}
