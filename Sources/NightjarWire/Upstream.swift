import NightjarCore

/// Where jobs come from and shares go to: a Stratum pool, or a node.
///
/// One state machine owns the connection: it logs in, hands out jobs, and after an outage retries with back-off until
/// its task is cancelled. It never gives up by itself.
package protocol Upstream: Sendable {
    /// Host and port, as shown to the user; no credentials.
    var name: String { get }

    /// How the connection is secured; `nil` while there is none, and for one in the clear.
    var security: ConnectionSecurity? { get }

    /// Runs until the surrounding task is cancelled, handing every event to `events` in order.
    func run(events: @escaping @Sendable (UpstreamEvent) -> Void) async

    /// Sends a share and waits for its fate, at most until the request's deadline.
    ///
    /// Always answers, whatever the connection does. May be called while `run` is between connections.
    func submit(_ share: Share) async -> ShareOutcome
}

extension Upstream {
    package var security: ConnectionSecurity? { nil }
}
