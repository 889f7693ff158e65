/// The ledger cannot be opened or written. The description is one line that names the file and the fault.
package struct LedgerError: Error, Sendable, Hashable, CustomStringConvertible {
    package let path: String
    package let reason: String
    /// Whether the file's contents are at fault: it is no SQLite file, a damaged one, or no ledger.
    package let isDamaged: Bool

    package init(path: String, reason: String, isDamaged: Bool = false) {
        self.path = path
        self.reason = reason
        self.isDamaged = isDamaged
    }

    package var description: String { "share ledger \(path): \(reason)" }
}
