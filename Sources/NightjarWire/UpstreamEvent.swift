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
