/// What is hashed: an input, where its nonce stands, and the epoch that the algorithm needs.
public struct Work: Sendable, Hashable {
    public let algorithm: Algorithm
    /// The bytes to hash; the four at `nonceOffset`, if there is one, are replaced by the nonce.
    public let input: [UInt8]
    /// Where the nonce stands, as 32-bit little-endian; `nil` when the input is hashed as it is.
    public let nonceOffset: Int?
    /// The block height, for algorithms that need one.
    public let height: UInt64?
    /// The RandomX key, for algorithms that need one.
    public let seed: [UInt8]?

    /// RandomX's key is a string of 0 to 60 bytes, by section 2 of its specification.
    private static let maximumSeedLength = 60

    /// - Throws: ``InputError`` when the input is shorter than the algorithm is defined for, the nonce does not fit
    ///   into it, the height or seed is missing, or the seed is longer than the algorithm takes.
    public init(
        algorithm: Algorithm, input: [UInt8], nonceOffset: Int? = nil, height: UInt64? = nil, seed: [UInt8]? = nil
    ) throws(InputError) {
        guard input.count >= algorithm.minimumInputLength else {
            throw .tooShort(algorithm: algorithm.name, bytes: input.count, minimum: algorithm.minimumInputLength)
        }
        if let nonceOffset, nonceOffset < 0 || nonceOffset > input.count - 4 {
            throw .nonceOutside(offset: nonceOffset, bytes: input.count)
        }
        for need in algorithm.needs {
            switch need {
            case .height: if height == nil { throw .missingHeight(algorithm: algorithm.name) }
            case .seed:
                guard let seed else { throw .missingSeed(algorithm: algorithm.name) }
                guard seed.count <= Self.maximumSeedLength else {
                    throw .seedTooLong(
                        algorithm: algorithm.name, bytes: seed.count, maximum: Self.maximumSeedLength)
                }
            }
        }
        self.algorithm = algorithm
        self.input = input
        self.nonceOffset = nonceOffset
        self.height = height
        self.seed = seed
    }

    /// The input with `nonce` in its place. The input as it is when it has no place for one.
    public func input(nonce: UInt32) -> [UInt8] {
        guard let nonceOffset else { return input }
        var bytes = input
        for i in 0..<4 { bytes[nonceOffset + i] = UInt8(truncatingIfNeeded: nonce >> (8 * UInt32(i))) }
        return bytes
    }

    /// The same work with the nonce fixed, as something to hash once.
    public func fixed(nonce: UInt32) -> Work {
        // Cannot throw: only the nonce's bytes differ from an input that was already checked.
        Work(checked: self, input: input(nonce: nonce))
    }

    private init(checked work: Work, input: [UInt8]) {
        algorithm = work.algorithm
        self.input = input
        nonceOffset = nil
        height = work.height
        seed = work.seed
    }
}

/// The nonces that a job lets a miner try: `first ... last`, 32-bit.
///
/// A pool in NiceHash mode fixes the highest byte, leaving 2²⁴ nonces.
public struct NonceSpace: Sendable, Hashable {
    public let first: UInt32
    public let last: UInt32

    /// All 2³² nonces.
    public static let full = NonceSpace(first: 0, last: .max)

    /// The 2²⁴ nonces whose highest byte (the fourth in blob order) is `highByte`.
    public static func niceHash(highByte: UInt8) -> NonceSpace {
        let base = UInt32(highByte) << 24
        return NonceSpace(first: base, last: base | 0xFF_FFFF)
    }

    public init(first: UInt32, last: UInt32) {
        precondition(first <= last)
        self.first = first
        self.last = last
    }

    /// The same nonces as a half-open range of 64-bit numbers, which can express its own end.
    public var range: Range<UInt64> { UInt64(first)..<(UInt64(last) + 1) }
}

/// Work that somebody wants shares for.
public struct Job: Sendable, Hashable {
    /// The pool's name for it: opaque.
    public let id: String
    public let work: Work
    public let target: Target
    public let nonces: NonceSpace
    /// The RandomX key of the next epoch, where it is known already: what to make ready for.
    public let nextSeed: [UInt8]?

    /// - Parameter work: must have a place for the nonce; a programmer's error otherwise.
    public init(id: String, work: Work, target: Target, nonces: NonceSpace = .full, nextSeed: [UInt8]? = nil) {
        precondition(work.nonceOffset != nil, "a job's work has a nonce")
        self.id = id
        self.work = work
        self.target = target
        self.nonces = nonces
        self.nextSeed = nextSeed
    }

    public var algorithm: Algorithm { work.algorithm }
}
