/// What an upstream tells the miner.
package enum UpstreamEvent: Sendable, Hashable {
    /// The login succeeded, or the node answers.
    case connected
    /// An outage began, or a login was refused. Sent once for each outage, not for each retry.
    case disconnected(reason: String)
    /// New work, replacing all earlier work.
    case job(UpstreamJob)
    /// A job or message was refused. The old work goes on.
    case refused(reason: String)
}
