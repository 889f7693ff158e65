import NightjarCore

/// A source of jobs that takes shares: a Stratum pool or a node.
///
/// It logs in and hands out jobs. After an outage it tries again, with growing waits, until its task is cancelled. It
/// gives up only what cannot work with its settings, and says so with ``UpstreamEvent/unusable(reason:isLast:)``.
package protocol Upstream: Sendable {
    /// Host and port, as shown to the user; no credentials.
    var name: String { get }

    /// The same of the pool or node that a job came from.
    func name(of job: JobID) -> String

    /// How the connection is secured; `nil` for a connection without TLS, and while there is no connection.
    var security: ConnectionSecurity? { get }

    /// Runs until the surrounding task is cancelled, and passes every event to `events`, in order.
    func run(events: @escaping @Sendable (UpstreamEvent) -> Void) async

    /// Sends a share and waits for its outcome, at most until the request's deadline.
    ///
    /// It always returns an outcome, whatever happens to the connection. It may be called while `run` has no
    /// connection.
    func submit(_ share: Share) async -> ShareOutcome
}

extension Upstream {
    package var security: ConnectionSecurity? { nil }

    package func name(of job: JobID) -> String { name }
}
