import NightjarCore

/// Values that follow from a variant's parameters. Section numbers are those of tevador/RandomX, `doc/specs.md`.
extension RandomXParameters {
    /// The parameters on which the variant's caches and datasets depend.
    package var expansion: RandomXExpansion { RandomXExpansion(self) }

    /// The cache's size in bytes (7.1).
    package var cacheSize: Int { cacheKiB * 1024 }

    /// The bytes of one program: configuration, then instructions (4.5).
    package var programBytes: Int { 128 + 8 * programSize }

    /// The masks of 8-byte aligned addresses in the scratchpad's levels (4.2).
    package var masks: (l1: UInt32, l2: UInt32, l3: UInt32) {
        (UInt32(scratchpadL1 - 8), UInt32(scratchpadL2 - 8), UInt32(scratchpadL3 - 8))
    }

    /// The mask of 64-byte aligned addresses in the scratchpad (4.2).
    package var lineMask: UInt32 { UInt32(scratchpadL3 - 64) }

    /// The instruction of each of the 256 opcodes. Each instruction has as many opcodes as its frequency, in the
    /// instructions' order.
    package var opcodes: [Instruction] {
        Instruction.allCases.flatMap { Array(repeating: $0, count: frequencies[$0.rawValue]) }
    }
}

/// IMUL_RCP's multiplier (5.2.6): 2^x / divisor for the largest x that keeps it below 2^64.
///
/// - Parameter divisor: neither zero nor a power of two; for those the instruction does nothing.
package func reciprocal(_ divisor: UInt32) -> UInt64 {
    precondition(divisor.nonzeroBitCount > 1)
    // 2^x is 2^64 times the divisor's highest power of two, so its high half is that power.
    let high = UInt64(1) << UInt64(31 - divisor.leadingZeroBitCount)
    return UInt64(divisor).dividingFullWidth((high, 0)).quotient
}
