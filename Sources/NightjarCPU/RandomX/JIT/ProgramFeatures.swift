import CHashing

/// What compiled programs may use of a processor, besides SSE2.
package struct ProgramFeatures: Sendable, Hashable {
    /// MULX and RORX, which save an instruction each.
    package var hasBMI2: Bool
    /// Arithmetic with a rounding mode of its own, which copies of programs need: see ProgramCopies.swift.
    package var hasEmbeddedRounding: Bool

    package init(hasBMI2: Bool, hasEmbeddedRounding: Bool) {
        self.hasBMI2 = hasBMI2
        self.hasEmbeddedRounding = hasEmbeddedRounding
    }

    /// All that this processor has.
    package static let available = ProgramFeatures(
        hasBMI2: nj_rx_bmi2_available(), hasEmbeddedRounding: nj_rx_embedded_rounding_available())
}
