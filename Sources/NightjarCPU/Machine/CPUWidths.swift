/// The widths that a lane may have, and how the fastest one is found.
package struct CPUWidths: Sendable {
    /// The possible widths.
    package var range: ClosedRange<Int>
    /// Whether there is a trial before the first work.
    package var tries: Bool
    /// The hashes of a batch; `nil` when a batch has as many hashes as the width.
    package var batch: Int?
    /// Whether fewer scratchpads on larger pages are faster than all on smaller pages.
    package var prefersPages: Bool

    package init(_ range: ClosedRange<Int>, tries: Bool = false, batch: Int? = nil, prefersPages: Bool = false) {
        self.range = range
        self.tries = tries
        self.batch = batch
        self.prefersPages = prefersPages
    }
}
