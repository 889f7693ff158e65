import NightjarCore

/// What a ``SandboxPool`` thought of a share.
package struct SandboxVerdict: Sendable, Hashable {
    package let job: String
    package let algorithm: Algorithm?
    /// The difficulty that the share was asked for.
    package let difficulty: Difficulty?
    /// `nil` when it was accepted; the text of the error otherwise.
    package let error: String?
}
