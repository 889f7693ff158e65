/// Memory that the system did not give. The reason is one line.
package struct MemoryError: Error, Sendable, Hashable, CustomStringConvertible {
    package let reason: String
    package var description: String { reason }
}
