/// What an upstream tells the miner.
package enum UpstreamEvent: Sendable, Hashable {
    /// The login succeeded, or the node answers.
    ///
    /// Each event names the pool or node that it is about: when the miner takes the event, another one may be in use.
    case connected(pool: String)
    /// An outage of `pool` began, or a login was refused. Sent once for each outage, not for each retry.
    case disconnected(pool: String, reason: String, Outage = Outage())
    /// A try of the same outage failed, and the next one is to come. Sent for each of them.
    case waiting(Outage)
    /// A pool or node cannot be used with its settings, and is not tried again. `isLast`: no other one is left.
    case unusable(reason: String, isLast: Bool)
    /// New work, replacing all earlier work.
    case job(UpstreamJob)
    /// What the user should know about the settings of a pool or node. All goes on.
    case warning(String)
    /// A job or message was refused. The old work goes on.
    case refused(pool: String, reason: String)
}
