/// What tells one RandomX variant from another: the constants of `doc/configuration.md` in tevador/RandomX that differ
/// between coins. Fields are added as variants need them.
///
/// It stands here and not with the hashing code, because the ``Catalog`` does: the wire, the nodes and the command read
/// that, and link no hashing code for it.
package struct RandomXParameters: AlgorithmParameters {
    /// `RANDOMX_ARGON_SALT`.
    package let argonSalt: [UInt8]
    /// `RANDOMX_ARGON_ITERATIONS`.
    package let argonIterations: Int
    /// `RANDOMX_ARGON_LANES`.
    package let argonLanes: Int
    /// `RANDOMX_ARGON_MEMORY`, in KiB: the cache's size.
    package let cacheKiB: Int
    /// `RANDOMX_CACHE_ACCESSES`: superscalar programs per dataset item.
    package let cacheAccesses: Int
    /// `RANDOMX_SUPERSCALAR_LATENCY`, in cycles.
    package let superscalarLatency: Int
    /// `RANDOMX_DATASET_BASE_SIZE`, in bytes.
    package let datasetBaseSize: UInt64
    /// `RANDOMX_DATASET_EXTRA_SIZE`, in bytes.
    package let datasetExtraSize: UInt64
    /// `RANDOMX_PROGRAM_COUNT`.
    package let programCount: Int
    /// `RANDOMX_PROGRAM_ITERATIONS`.
    package let programIterations: Int
    /// `RANDOMX_PROGRAM_SIZE`, in instructions.
    package let programSize: Int
    /// `RANDOMX_SCRATCHPAD_L3`, in bytes.
    package let scratchpadL3: Int
    /// `RANDOMX_SCRATCHPAD_L2`, in bytes.
    package let scratchpadL2: Int
    /// `RANDOMX_SCRATCHPAD_L1`, in bytes.
    package let scratchpadL1: Int
    /// `RANDOMX_JUMP_BITS`.
    package let jumpBits: Int
    /// `RANDOMX_JUMP_OFFSET`.
    package let jumpOffset: Int
    /// `RANDOMX_FREQ_*`, out of 256, in the order of ``Instruction``.
    package let frequencies: [Int]
    /// AesGenerator4R's eight round keys (`doc/specs.md` 3.3): 32 little-endian words in the order of memory.
    package let generatorKeys: [UInt32]
    /// What becomes of group F at an iteration's end.
    package let mixing: Mixing
    /// Which memory register an iteration's address bits go into.
    package let prefetchRegister: PrefetchRegister
    /// The bits of CFROUND's rotated source that must all be zero for the rounding mode to change (`doc/specs.md`
    /// 5.4.1): 0 in v1, bits 2 to 5 in v2.
    package let roundingGuard: UInt32
    /// Whether a target is compared with a commitment to input and hash, rather than with the hash.
    package let hasCommitment: Bool

    /// How group F takes up group E at an iteration's end (`doc/specs.md` 4.6.2, step 10).
    package enum Mixing: Sendable, Hashable {
        /// v1: XOR.
        case xor
        /// v2: four AES rounds on each register of group F, with group E's as keys.
        case aes
    }

    /// The register that `mp` stands for (`doc/specs.md` 4.3): it decides how early a dataset item is known.
    package enum PrefetchRegister: Sendable, Hashable {
        /// v1: one iteration before it is read.
        case mx
        /// v2: two iterations before.
        case ma
    }

    /// The instructions in the order of `doc/configuration.md`, which is the order of opcode ranges.
    package enum Instruction: Int, Sendable, CaseIterable {
        case iaddRS, iaddM, isubR, isubM, imulR, imulM, imulhR, imulhM, ismulhR, ismulhM, imulRcp, inegR, ixorR, ixorM
        case irorR, irolR, iswapR, fswapR, faddR, faddM, fsubR, fsubM, fscalR, fmulR, fdivM, fsqrtR
        case cbranch, cfround, istore, nop
    }

    package init(
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

    // MARK: AlgorithmParameters

    package static var family: String { "randomx" }
    package var scratchpad: Int? { scratchpadL3 }
    package var need: Algorithm.Need? { .seed }
    /// In light mode, a core does a few hashes a second.
    package var firstDifficulty: UInt64 { 4 }

    /// Of light mode, in which every run begins. rx/0 makes about 60.
    package var usualRate: Double { 60 * 16384 / Double(programCount * programIterations) }

    package var sharedMemory: UInt64 { UInt64(cacheKiB) << 10 }
    package var datasetMemory: UInt64 { datasetBaseSize + datasetExtraSize }

    /// The number of 64-byte items in the dataset (section 7 of the specification).
    package var datasetItems: UInt64 { (datasetBaseSize + datasetExtraSize) / 64 }

    /// A light hash computes the dataset items that it reads, 16384 for most variants, and a dataset has 34 million:
    /// fewer hashes than compute as many items as there are (2080 for most variants) are over sooner without one.
    package var datasetPaysFrom: UInt64? {
        let itemsOfHash = UInt64(programCount * programIterations)
        return (datasetItems + itemsOfHash - 1) / itemsOfHash
    }
}
