/// The API cannot start as the user configured it. The description is one line.
package struct APIError: Error, Sendable, Hashable, CustomStringConvertible {
    package let description: String

    init(_ description: String) { self.description = description }
}
