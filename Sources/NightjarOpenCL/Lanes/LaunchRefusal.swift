/// Why a device cannot run an algorithm, or not with the given settings, in words that end a sentence.
package struct LaunchRefusal: Error, Sendable, Hashable, CustomStringConvertible {
    package let reason: String

    package init(reason: String) { self.reason = reason }

    package var description: String { reason }
}
