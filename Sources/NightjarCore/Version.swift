/// Nightjar's version. It stands here and nowhere else.
package enum Version {
    /// Major, minor and patch, by semantic versioning: `0.1.0`.
    package static let number = "0.1.0"
}
