/// A proof-of-work algorithm: its wire name, and what a backend must know to run it.
///
/// Algorithms are values in the ``Catalog``; nothing below the catalog branches on a name.
public struct Algorithm: Sendable, Hashable, CustomStringConvertible {
    /// The name that pools and miners use, lower case: `cn/r`, `rx/0`.
    public let name: String
    /// The family, with the parameters that tell its members apart.
    public let family: Family
    /// The form of the blobs that its jobs carry.
    public let blob: BlobForm

    /// The families of algorithms. Adding one is adding a case here; exhaustive switches name every other place.
    public enum Family: Sendable, Hashable {
        /// CryptoNote standard CNS008 and its descendants.
        case cryptonight(CryptoNightParameters)
        /// RandomX, as in `doc/specs.md` of tevador/RandomX.
        case randomx(RandomXParameters)

        /// The family's name in machine-readable output.
        public var name: String {
            switch self {
            case .cryptonight: "cryptonight"
            case .randomx: "randomx"
            }
        }
    }

    /// What a job must carry beside its blob.
    public enum Need: String, Sendable, Hashable {
        /// The block height, which chooses a random program.
        case height
        /// The RandomX key.
        case seed
    }

    /// Where a blob has its nonce.
    public struct BlobForm: Sendable, Hashable {
        /// Bytes before the nonce; `nil` for a CryptoNote block header (CNS003), whose integers of variable length
        /// stand before it and must be read.
        public let nonceOffset: Int?
        /// Bytes of a benchmark's input.
        public let benchmarkLength: Int

        public init(nonceOffset: Int?, benchmarkLength: Int) {
            precondition(benchmarkLength >= (nonceOffset ?? 39) + 4)
            self.nonceOffset = nonceOffset
            self.benchmarkLength = benchmarkLength
        }

        /// A CryptoNote block header with the number of transactions and their root.
        public static let cryptonote = BlobForm(nonceOffset: nil, benchmarkLength: 112)
    }

    public init(name: String, family: Family, blob: BlobForm = .cryptonote) {
        self.name = name
        self.family = family
        self.blob = blob
    }

    public var description: String { name }

    /// Bytes of scratchpad that one hash in flight needs.
    public var memory: Int {
        switch family {
        case .cryptonight(let parameters): parameters.memory
        case .randomx(let parameters): parameters.scratchpadL3
        }
    }

    /// What a job must carry beside its blob, in the order in which it is printed.
    public var needs: [Need] {
        switch family {
        case .cryptonight(let parameters): parameters.base == .r ? [.height] : []
        case .randomx: [.seed]
        }
    }

    /// The least number of input bytes that the algorithm is defined for.
    public var minimumInputLength: Int {
        switch family {
        case .cryptonight(let parameters): parameters.minimumInputLength
        case .randomx: 0
        }
    }

    /// How long the benchmark's input is, and where the nonce stands in it, in bytes. A CryptoNote header's nonce is at
    /// byte 39 as a rule.
    public var benchmarkInput: (length: Int, nonceOffset: Int) { (blob.benchmarkLength, blob.nonceOffset ?? 39) }

    /// Whether a target is compared with a commitment to input and hash, rather than with the hash: see ``Proof``.
    public var hasCommitment: Bool {
        switch family {
        case .cryptonight: false
        case .randomx(let parameters): parameters.hasCommitment
        }
    }
}

/// What tells one CryptoNight variant from another.
public struct CryptoNightParameters: Sendable, Hashable {
    /// The main loop's shape.
    public enum Base: UInt32, Sendable, Hashable {
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
    public struct Features: OptionSet, Sendable, Hashable {
        public let rawValue: UInt32
        public init(rawValue: UInt32) { self.rawValue = rawValue }

        /// v1: the second store's high word is also XORed with the low word just stored.
        public static let linkedStore = Features(rawValue: 1)
        /// v2: the shuffle reads its three neighbours in reverse order.
        public static let reversedShuffle = Features(rawValue: 2)
        /// v0: a float accumulator feeds into the block before the AES round.
        public static let floatFeedback = Features(rawValue: 4)
        /// Blocks are mixed when the scratchpad is filled and folded; but for `gpu`, a turn ends with a division.
        public static let heavy = Features(rawValue: 8)
        /// With ``heavy``: the divisor is complemented before it enters the next address.
        public static let complementedDivisor = Features(rawValue: 16)
        /// v1: the AES round takes the block's complement, and each column of its result changes that column of its
        /// input.
        public static let chainedRound = Features(rawValue: 32)
    }

    public let base: Base
    public let features: Features
    /// Scratchpad size in bytes, a power of two and a multiple of 128.
    public let memory: Int
    /// Turns of the main loop; each makes two dependent scratchpad accesses, three if ``Features/heavy``, one if `gpu`.
    public let iterations: Int
    /// Applied to a 64-bit word to get a scratchpad address in bytes; a multiple of 16, for `gpu` of 64.
    public let mask: UInt32

    /// - Parameter features: those of one of the ``Catalog``'s variants; no others are implemented.
    public init(base: Base, features: Features = [], memory: Int, iterations: Int, mask: UInt32) {
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

    /// The least number of input bytes that the variant is defined for: v1's tweak reads up to byte 42.
    public var minimumInputLength: Int { base == .v1 ? 43 : 0 }
}

/// What tells one RandomX variant from another: the constants of `doc/configuration.md` in tevador/RandomX that differ
/// between coins. Fields are added as variants need them.
public struct RandomXParameters: Sendable, Hashable {
    /// `RANDOMX_ARGON_SALT`.
    public let argonSalt: [UInt8]
    /// `RANDOMX_ARGON_ITERATIONS`.
    public let argonIterations: Int
    /// `RANDOMX_ARGON_LANES`.
    public let argonLanes: Int
    /// `RANDOMX_ARGON_MEMORY`, in KiB: the cache's size.
    public let cacheKiB: Int
    /// `RANDOMX_CACHE_ACCESSES`: superscalar programs per dataset item.
    public let cacheAccesses: Int
    /// `RANDOMX_SUPERSCALAR_LATENCY`, in cycles.
    public let superscalarLatency: Int
    /// `RANDOMX_DATASET_BASE_SIZE`, in bytes.
    public let datasetBaseSize: UInt64
    /// `RANDOMX_DATASET_EXTRA_SIZE`, in bytes.
    public let datasetExtraSize: UInt64
    /// `RANDOMX_PROGRAM_COUNT`.
    public let programCount: Int
    /// `RANDOMX_PROGRAM_ITERATIONS`.
    public let programIterations: Int
    /// `RANDOMX_PROGRAM_SIZE`, in instructions.
    public let programSize: Int
    /// `RANDOMX_SCRATCHPAD_L3`, in bytes.
    public let scratchpadL3: Int
    /// `RANDOMX_SCRATCHPAD_L2`, in bytes.
    public let scratchpadL2: Int
    /// `RANDOMX_SCRATCHPAD_L1`, in bytes.
    public let scratchpadL1: Int
    /// `RANDOMX_JUMP_BITS`.
    public let jumpBits: Int
    /// `RANDOMX_JUMP_OFFSET`.
    public let jumpOffset: Int
    /// `RANDOMX_FREQ_*`, out of 256, in the order of ``Instruction``.
    public let frequencies: [Int]
    /// AesGenerator4R's eight round keys (`doc/specs.md` 3.3): 32 little-endian words in the order of memory.
    public let generatorKeys: [UInt32]
    /// What becomes of group F at an iteration's end.
    public let mixing: Mixing
    /// Which memory register an iteration's address bits go into.
    public let prefetchRegister: PrefetchRegister
    /// The bits of CFROUND's rotated source that must all be zero for the rounding mode to change (`doc/specs.md`
    /// 5.4.1): 0 in v1, bits 2 to 5 in v2.
    public let roundingGuard: UInt32
    /// Whether a target is compared with a commitment to input and hash, rather than with the hash.
    public let hasCommitment: Bool

    /// How group F takes up group E at an iteration's end (`doc/specs.md` 4.6.2, step 10).
    public enum Mixing: Sendable, Hashable {
        /// v1: XOR.
        case xor
        /// v2: four AES rounds on each register of group F, with group E's as keys.
        case aes
    }

    /// The register that `mp` stands for (`doc/specs.md` 4.3): it decides how early a dataset item is known.
    public enum PrefetchRegister: Sendable, Hashable {
        /// v1: one iteration before it is read.
        case mx
        /// v2: two iterations before.
        case ma
    }

    /// The instructions in the order of `doc/configuration.md`, which is the order of opcode ranges.
    public enum Instruction: Int, Sendable, CaseIterable {
        case iaddRS, iaddM, isubR, isubM, imulR, imulM, imulhR, imulhM, ismulhR, ismulhM, imulRcp, inegR, ixorR, ixorM
        case irorR, irolR, iswapR, fswapR, faddR, faddM, fsubR, fsubM, fscalR, fmulR, fdivM, fsqrtR
        case cbranch, cfround, istore, nop
    }

    public init(
        argonSalt: [UInt8], argonIterations: Int, argonLanes: Int, cacheKiB: Int, cacheAccesses: Int,
        superscalarLatency: Int, datasetBaseSize: UInt64, datasetExtraSize: UInt64, programCount: Int,
        programIterations: Int, programSize: Int, scratchpadL3: Int, scratchpadL2: Int, scratchpadL1: Int,
        jumpBits: Int, jumpOffset: Int, frequencies: [Int], generatorKeys: [UInt32], mixing: Mixing = .xor,
        prefetchRegister: PrefetchRegister = .mx, roundingGuard: UInt32 = 0, hasCommitment: Bool = false
    ) {
        precondition(generatorKeys.count == 32, "AesGenerator4R has eight keys of 16 bytes")
        precondition(frequencies.count == Instruction.allCases.count && frequencies.reduce(0, +) == 256)
        precondition(scratchpadL1 <= scratchpadL2 && scratchpadL2 <= scratchpadL3)
        self.argonSalt = argonSalt
        self.argonIterations = argonIterations
        self.argonLanes = argonLanes
        self.cacheKiB = cacheKiB
        self.cacheAccesses = cacheAccesses
        self.superscalarLatency = superscalarLatency
        self.datasetBaseSize = datasetBaseSize
        self.datasetExtraSize = datasetExtraSize
        self.programCount = programCount
        self.programIterations = programIterations
        self.programSize = programSize
        self.scratchpadL3 = scratchpadL3
        self.scratchpadL2 = scratchpadL2
        self.scratchpadL1 = scratchpadL1
        self.jumpBits = jumpBits
        self.jumpOffset = jumpOffset
        self.frequencies = frequencies
        self.generatorKeys = generatorKeys
        self.mixing = mixing
        self.prefetchRegister = prefetchRegister
        self.roundingGuard = roundingGuard
        self.hasCommitment = hasCommitment
    }
}
