import CHashing

/// What compiled programs may use of a processor, besides SSE2, and what suits it.
package struct ProgramFeatures: Sendable, Hashable {
    /// MULX and RORX, which save an instruction each.
    package var hasBMI2: Bool
    /// Arithmetic with a rounding mode of its own, which copies of programs need: see ProgramCopies.swift.
    package var hasEmbeddedRounding: Bool
    /// Whether dataset items are prefetched past the second-level cache: see ``ProcessorKind/itemsPassL2``.
    package var itemsPassL2: Bool

    package init(hasBMI2: Bool, hasEmbeddedRounding: Bool, itemsPassL2: Bool = false) {
        self.hasBMI2 = hasBMI2
        self.hasEmbeddedRounding = hasEmbeddedRounding
        self.itemsPassL2 = itemsPassL2
    }

    /// All that this processor has.
    package static let available = ProgramFeatures(
        hasBMI2: nj_rx_bmi2_available(), hasEmbeddedRounding: nj_rx_embedded_rounding_available(),
        itemsPassL2: Processor.kind.itemsPassL2)
}
