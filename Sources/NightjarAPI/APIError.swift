/// An API that cannot be had as it was asked for; one line.
package struct APIError: Error, Sendable, Hashable, CustomStringConvertible {
    package let description: String

    init(_ description: String) { self.description = description }
}
