/// The ledger cannot be opened or written. The description is one line that names the file and the fault.
package struct LedgerError: Error, Sendable, Hashable, CustomStringConvertible {
    package let path: String
    package let reason: String

    package var description: String { "share ledger \(path): \(reason)" }
}
