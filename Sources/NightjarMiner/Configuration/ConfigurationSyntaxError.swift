/// Where and why a text is not JSON.
package struct ConfigurationSyntaxError: Error, Sendable, Hashable {
    package let line: Int
    package let reason: String
}
