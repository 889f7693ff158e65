import NightjarCore
import Synchronization

/// An upstream that can be tried once; what tries again is ``PoolGroup``.
public protocol UpstreamLink: Upstream {
    /// How its own ``Upstream/run(events:)`` waits between tries.
    var backoff: Backoff { get }

    /// Connects, logs in and hands out work until something ends it.
    ///
    /// Sends `.connected` once logged in, and no `.disconnected`: that is for the caller to say.
    /// - Returns: why it ended, in words.
    func attempt(events: @escaping @Sendable (UpstreamEvent) -> Void) async -> String
}

extension UpstreamLink {
    public func run(events: @escaping @Sendable (UpstreamEvent) -> Void) async {
        await PoolGroup([self], backoff: backoff).run(events: events)
    }
}

/// Several upstreams in order of preference, one of which is used at a time.
///
/// The state machine of reconnecting: a link that fails hands over to the next at once; after the last one, and after
/// a good connection was lost, there is a wait, and then it is the first one's turn again. A link that works is kept.
public final class PoolGroup: Upstream {
    private let links: [any UpstreamLink]
    private let backoff: Backoff
    private let current = Mutex(0)

    /// - Parameter links: at least one; a programmer's error otherwise.
    public init(_ links: [any UpstreamLink], backoff: Backoff = Backoff()) {
        precondition(!links.isEmpty, "a group of pools has a pool")
        self.links = links
        self.backoff = backoff
    }

    /// A group of pools and nodes as the user lists them.
    ///
    /// - Parameter urls: at least one; a programmer's error otherwise.
    /// - Throws: ``PoolURLError/notInThisBuild(_:)``.
    public convenience init(urls: [PoolURL], login: Login, options: UpstreamOptions) throws(PoolURLError) {
        var links: [any UpstreamLink] = []
        for url in urls {
            switch url.scheme {
            case .node: links.append(try NodeClient(url: url, wallet: login.user, options: options))
            case .stratum, .stratumTLS: links.append(try StratumClient(url: url, login: login, options: options))
            }
        }
        self.init(links, backoff: options.backoff)
    }

    /// The name of the link that is in use, or being tried.
    public var name: String { links[current.withLock { $0 }].name }

    public func run(events: @escaping @Sendable (UpstreamEvent) -> Void) async {
        var index = 0
        var failures = 0
        var outageSaid = false
        while !Task.isCancelled {
            let link = links[index]
            current.withLock { $0 = index }
            let connected = ConnectedAt()
            let reason = await link.attempt { [backoff] event in
                if event == .connected { connected.time.withLock { $0 = backoff.now() } }
                events(event)
            }
            if Task.isCancelled { return }
            let since = connected.time.withLock { $0 }
            if since != nil || !outageSaid { events(.disconnected(reason: "\(link.name): \(reason)")) }
            outageSaid = true

            if let since, backoff.now() - since >= backoff.stable {
                index = 0
                failures = 0
            } else {
                index += 1
                if index < links.count { continue }
                index = 0
            }
            do { try await backoff.sleep(backoff.delay(after: failures)) } catch { return }
            failures += 1
        }
    }

    public func submit(_ share: Share) async -> ShareOutcome {
        // A share of a link that was left ends as expired there: it knows its own jobs by value.
        await links[current.withLock { $0 }].submit(share)
    }

    private final class ConnectedAt: Sendable { let time = Mutex<Duration?>(nil) }
}
