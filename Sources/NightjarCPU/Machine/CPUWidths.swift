/// How many hashes a lane may have at once.
package struct CPUWidths: Sendable {
    /// What there is to choose from.
    package var range: ClosedRange<Int>
    /// Whether there is a trial before the first work.
    package var tries: Bool
    /// Hashes of a batch; `nil` when a batch has as many as there are at once.
    package var batch: Int?
    /// Whether fewer scratchpads on better pages are faster than all on lesser ones.
    package var prefersPages: Bool

    package init(_ range: ClosedRange<Int>, tries: Bool = false, batch: Int? = nil, prefersPages: Bool = false) {
        self.range = range
        self.tries = tries
        self.batch = batch
        self.prefersPages = prefersPages
    }
}
