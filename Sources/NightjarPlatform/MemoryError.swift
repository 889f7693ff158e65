/// The system did not give the memory. The reason is one line.
package struct MemoryError: Error, Sendable, Hashable, CustomStringConvertible {
    package let reason: String
    package var description: String { reason }

    package init(reason: String) { self.reason = reason }
}
