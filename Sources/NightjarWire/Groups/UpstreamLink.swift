/// An upstream that can be tried once. ``PoolGroup`` tries again.
package protocol UpstreamLink: Upstream, AnyObject {
    /// The waits between tries of its own ``Upstream/run(events:)``.
    var backoff: Backoff { get }

    /// Equal for two links that would connect and mine alike. It is never shown.
    var identity: String { get }

    /// Whether the last try showed that these settings cannot work, so that another try is of no use.
    var cannotWork: Bool { get }

    /// Whether the last try ended because the pool refused the user. It will do so again, and is not asked soon.
    var isRefused: Bool { get }

    /// Connects, logs in and hands out work until something ends it.
    ///
    /// Sends `.connected` after the login. It does not send `.disconnected`; the caller does.
    /// - Returns: the reason why it ended.
    func attempt(events: @escaping @Sendable (UpstreamEvent) -> Void) async -> String
}
