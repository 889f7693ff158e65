import NightjarCore

/// An input whose digest is known from elsewhere. A device must get it right before it works.
package struct KnownAnswer: Sendable, Hashable {
    /// The work to hash. It has no place for a nonce.
    package let work: Work
    package let digest: Digest

    package init(work: Work, digest: Digest) {
        self.work = work
        self.digest = digest
    }
}
