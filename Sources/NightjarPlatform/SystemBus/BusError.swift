/// The system bus, or a program behind it, gave no answer. The reason is one line.
package struct BusError: Error, Sendable, Hashable, CustomStringConvertible {
    package let reason: String
    package var description: String { reason }

    package init(_ reason: String) { self.reason = reason }
}
