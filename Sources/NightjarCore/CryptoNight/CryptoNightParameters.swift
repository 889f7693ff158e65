/// What tells one CryptoNight variant from another.
///
/// It stands here and not with the hashing code, because the ``Catalog`` does: the wire, the nodes and the command read
/// that, and link no hashing code for it.
package struct CryptoNightParameters: AlgorithmParameters {
    /// The main loop's shape.
    package enum Base: UInt32, Sendable, Hashable {
        /// The original loop.
        case v0 = 0
        /// v0 with the store tweaks of Monero's 7th protocol version; needs 43 bytes of input.
        case v1 = 1
        /// v1's successor: 64-byte shuffle, integer division and square root.
        case v2 = 2
        /// CryptoNight-R: v2 with a random program per height in place of division and root.
        case r = 4
        /// A loop of single-precision arithmetic, on 64 bytes a turn.
        case gpu = 5
    }

    /// What variants change in their base.
    package struct Features: OptionSet, Sendable, Hashable {
        package let rawValue: UInt32
        package init(rawValue: UInt32) { self.rawValue = rawValue }

        /// v1: the second store's high word is also XORed with the low word just stored.
        package static let linkedStore = Features(rawValue: 1)
        /// v2: the shuffle reads its three neighbours in reverse order.
        package static let reversedShuffle = Features(rawValue: 2)
        /// v0: a float accumulator feeds into the block before the AES round.
        package static let floatFeedback = Features(rawValue: 4)
        /// Blocks are mixed when the scratchpad is filled and folded; but for `gpu`, a turn ends with a division.
        package static let heavy = Features(rawValue: 8)
        /// With ``heavy``: the divisor is complemented before it enters the next address.
        package static let complementedDivisor = Features(rawValue: 16)
        /// v1: the AES round takes the block's complement, and each column of its result changes that column of its
        /// input.
        package static let chainedRound = Features(rawValue: 32)
    }

    package let base: Base
    package let features: Features
    /// Scratchpad size in bytes, a power of two and a multiple of 128.
    package let memory: Int
    /// Turns of the main loop; each makes two dependent scratchpad accesses, three if ``Features/heavy``, one if `gpu`.
    package let iterations: Int
    /// Applied to a 64-bit word to get a scratchpad address in bytes; a multiple of 16, for `gpu` of 64.
    package let mask: UInt32

    /// - Parameter features: those of one of the ``Catalog``'s variants; no others are implemented.
    package init(base: Base, features: Features = [], memory: Int, iterations: Int, mask: UInt32) {
        // A programmer's error, not the environment's: a mask that leaves the scratchpad would corrupt memory.
        precondition(memory.nonzeroBitCount == 1 && memory >= 128, "scratchpad must be a power of two")
        precondition(Int(mask) < memory && mask & 15 == 0, "mask must stay within the scratchpad, in 16-byte steps")
        precondition(base != .gpu || memory % 512 == 0 && mask & 63 == 0, "cn/gpu works on lines of 64 bytes")
        precondition(iterations > 0)
        self.base = base
        self.features = features
        self.memory = memory
        self.iterations = iterations
        self.mask = mask
    }

    // MARK: AlgorithmParameters

    package static var family: String { "cryptonight" }
    package var scratchpad: Int? { memory }
    package var need: Algorithm.Need? { base == .r ? .height : nil }
    /// v1's tweak reads up to byte 42.
    package var inputLengths: ClosedRange<Int> { (base == .v1 ? 43 : 0)...Int.max }
    package var firstDifficulty: UInt64 { 4 }

    /// cn/2 makes about 60. Smaller scratchpads fit into nearer caches. cn/gpu is limited by its arithmetic.
    package var usualRate: Double {
        guard base != .gpu else { return 20 }
        return 60 * Double(0x80000) / Double(iterations) * (Double(2 << 20) / Double(memory)).squareRoot()
    }
}
