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

/// What an upstream tells its miner.
package enum UpstreamEvent: Sendable, Hashable {
    /// Logged in, or the node answers.
    case connected
    /// An outage began, or a login was refused; said once an outage, not once a retry.
    case disconnected(reason: String)
    /// New work, replacing all earlier work.
    case job(UpstreamJob)
    /// A job or message that was refused by name; the old work goes on.
    case refused(reason: String)
}

/// A job with what is shown beside it.
package struct UpstreamJob: Sendable, Hashable {
    package let job: Job
    /// The block height, also for algorithms that do not need it.
    package let height: UInt64?

    package init(job: Job, height: UInt64?) {
        self.job = job
        self.height = height
    }
}

/// How a submitted share ended.
package enum ShareOutcome: Sendable, Hashable {
    case accepted
    /// The upstream's words, verbatim.
    case rejected(reason: String)
    /// Its job was over; the upstream's words, verbatim.
    case stale(reason: String)
    /// No answer: the connection or the deadline was lost first.
    case expired(reason: String)
}
