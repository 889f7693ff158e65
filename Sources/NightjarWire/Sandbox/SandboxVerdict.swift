import NightjarCore

/// A ``SandboxPool``'s verdict on a share.
package struct SandboxVerdict: Sendable, Hashable {
    package let job: String
    package let algorithm: Algorithm?
    /// The difficulty of the share's job.
    package let difficulty: Difficulty?
    /// The error's text; `nil` when the share was accepted.
    package let error: String?
}
