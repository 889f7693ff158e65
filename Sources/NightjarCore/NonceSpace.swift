/// The nonces of a Work that a job lets a miner try: `first ... last`, 32-bit.
///
/// A pool in NiceHash mode fixes the highest byte, leaving 2²⁴ nonces.
public struct NonceSpace: Sendable, Hashable {
    package let first: UInt32
    package let last: UInt32

    /// All 2³² nonces.
    public static let full = NonceSpace(first: 0, last: .max)

    /// The 2²⁴ nonces whose highest byte (the fourth in blob order) is `highByte`.
    package static func niceHash(highByte: UInt8) -> NonceSpace {
        let base = UInt32(highByte) << 24
        return NonceSpace(first: base, last: base | 0xFF_FFFF)
    }

    /// - Parameters:
    ///   - first: the least nonce.
    ///   - last: the greatest nonce. One that is less than `first` is a programmer's error, and traps.
    public init(first: UInt32, last: UInt32) {
        precondition(first <= last)
        self.first = first
        self.last = last
    }

    /// The same nonces as a half-open range of 64-bit numbers, which can express its own end.
    package var range: Range<UInt64> { UInt64(first)..<(UInt64(last) + 1) }
}
