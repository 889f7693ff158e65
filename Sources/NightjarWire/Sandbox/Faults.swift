/// Faults that tests ask of a ``SandboxPool``.
package struct Faults: Sendable, Hashable {
    /// The delay before each reply to a share.
    package var replyDelay: Duration?
    /// Refuses logins with this text, and leaves the socket open.
    package var refuseLogin: String?
    /// Never answers a login.
    package var ignoreLogin: Bool
    /// Neither checks nor answers shares.
    package var ignoreSubmits: Bool
    /// Closes the connection instead of answering its n-th share; 1 is the first.
    package var dropOnSubmit: Int?
    /// Answers each share with this error, without checking it.
    package var submitError: String?
    /// Bytes that are sent right after the login's reply.
    package var garbage: String?

    package init(
        replyDelay: Duration? = nil, refuseLogin: String? = nil, ignoreLogin: Bool = false, ignoreSubmits: Bool = false,
        dropOnSubmit: Int? = nil, submitError: String? = nil, garbage: String? = nil
    ) {
        self.replyDelay = replyDelay
        self.refuseLogin = refuseLogin
        self.ignoreLogin = ignoreLogin
        self.ignoreSubmits = ignoreSubmits
        self.dropOnSubmit = dropOnSubmit
        self.submitError = submitError
        self.garbage = garbage
    }
}
