/// The widths that a lane may have, and how the fastest one is found.
package struct CPUWidths: Sendable {
    /// The possible widths, ascending.
    package var list: [Int]
    /// Where comparing begins: one of the list, or a number above one; `nil` for the widest.
    package var first: Int?
    /// The hashes of a batch; `nil` when a batch has as many hashes as the width.
    package var batch: Int?
    /// Whether fewer scratchpads on larger pages are faster than all on smaller pages.
    package var prefersPages: Bool

    /// - Parameter list: not empty.
    package init(_ list: some Sequence<Int>, first: Int? = nil, batch: Int? = nil, prefersPages: Bool = false) {
        self.list = Array(list)
        self.first = first
        self.batch = batch
        self.prefersPages = prefersPages
    }

    /// The widest.
    var most: Int { list.last ?? 1 }
}
