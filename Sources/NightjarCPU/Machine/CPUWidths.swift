/// The widths that a lane may have, and how the fastest one is found.
package struct CPUWidths: Sendable {
    /// The possible widths, ascending.
    package var list: [Int]
    /// Whether there is a trial before the first work.
    package var tries: Bool
    /// The hashes of a batch; `nil` when a batch has as many hashes as the width.
    package var batch: Int?
    /// Whether fewer scratchpads on larger pages are faster than all on smaller pages.
    package var prefersPages: Bool

    /// - Parameter list: not empty.
    package init(_ list: some Sequence<Int>, tries: Bool = false, batch: Int? = nil, prefersPages: Bool = false) {
        self.list = Array(list)
        self.tries = tries
        self.batch = batch
        self.prefersPages = prefersPages
    }

    /// The widest.
    var most: Int { list.last ?? 1 }
}
