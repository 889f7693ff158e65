import NightjarCore
import Synchronization

/// An upstream that can be tried once; what tries again is ``PoolGroup``.
package protocol UpstreamLink: Upstream, AnyObject {
    /// How its own ``Upstream/run(events:)`` waits between tries.
    var backoff: Backoff { get }

    /// The same for two links that would connect and mine alike; nothing that is shown.
    var identity: String { get }

    /// Connects, logs in and hands out work until something ends it.
    ///
    /// Sends `.connected` once logged in, and no `.disconnected`: that is for the caller to say.
    /// - Returns: why it ended, in words.
    func attempt(events: @escaping @Sendable (UpstreamEvent) -> Void) async -> String
}

extension UpstreamLink {
    package var identity: String { name }

    package func run(events: @escaping @Sendable (UpstreamEvent) -> Void) async {
        await PoolGroup([self], backoff: backoff).run(events: events)
    }
}

/// Several upstreams in order of preference, one of which is used at a time.
///
/// The state machine of reconnecting: a link that fails hands over to the next at once; after the last one, and after
/// a good connection was lost, there is a wait, and then it is the first one's turn again. While one that is not the
/// first works, those before it are tried beside it, at growing intervals; the first of these that has work takes over,
/// and the connection that is left may still answer the shares that are on their way.
package final class PoolGroup: Upstream {
    private let backoff: Backoff
    private let returning: Backoff
    private let farewell: Duration
    private let state: Mutex<State>

    /// As many of the newest jobs are remembered with the link that they came from.
    private static let keptOwners = 64

    struct State {
        var links: [any UpstreamLink]
        var current: any UpstreamLink
        /// Whose job it is decides where its shares go.
        var owners: [(job: JobID, link: any UpstreamLink)] = []
        /// Shares that each link, by its address, is yet to answer.
        var inFlight: [ObjectIdentifier: Int] = [:]
        var signals: AsyncStream<PoolGroupRun.Signal>.Continuation?
    }

    /// - Parameters:
    ///   - links: at least one; a programmer's error otherwise.
    ///   - returning: after which time, growing, a preferred link is tried beside one that works.
    ///   - farewell: how long a connection that was left may still answer shares, at least.
    package init(
        _ links: [any UpstreamLink], backoff: Backoff = Backoff(),
        returning: Backoff = Backoff(first: .seconds(60), limit: .seconds(960)), farewell: Duration = .seconds(10)
    ) {
        precondition(!links.isEmpty, "a group of pools has a pool")
        self.backoff = backoff
        self.returning = returning
        self.farewell = farewell
        state = Mutex(State(links: links, current: links[0]))
    }

    /// The name of the link that is in use, or being tried.
    package var name: String { state.withLock { $0.current }.name }

    package var security: ConnectionSecurity? { state.withLock { $0.current }.security }

    /// Puts other links in the place of these, as a configuration that was read again lists them.
    ///
    /// A link that was there before, going by its identity, stays as it is, its connection and all. When the one in use
    /// is not among the new ones, the first of these is tried at once.
    ///
    /// - Parameter links: at least one; a programmer's error otherwise.
    package func replace(_ links: [any UpstreamLink]) {
        precondition(!links.isEmpty, "a group of pools has a pool")
        state.withLock { state in
            var old = state.links
            state.links = links.map { link in
                guard let index = old.firstIndex(where: { $0.identity == link.identity }) else { return link }
                return old.remove(at: index)
            }
            if state.signals == nil { state.current = state.links[0] }
            state.signals?.yield(.replaced)
        }
    }

    package func run(events: @escaping @Sendable (UpstreamEvent) -> Void) async {
        let (signals, sink) = AsyncStream.makeStream(of: PoolGroupRun.Signal.self)
        state.withLock { $0.signals = sink }
        var run = PoolGroupRun(group: self, sink: sink, emit: events)
        run.start()
        // Ends when the task is cancelled.
        for await signal in signals { run.take(signal) }
        state.withLock { $0.signals = nil }
        await run.end()
    }

    package func submit(_ share: Share) async -> ShareOutcome {
        let link = state.withLock { state in
            let link = state.owners.last { $0.job == share.jobID }?.link ?? state.current
            state.inFlight[ObjectIdentifier(link), default: 0] += 1
            return link
        }
        let outcome = await link.submit(share)
        state.withLock { state in
            let left = state.inFlight[ObjectIdentifier(link), default: 1] - 1
            state.inFlight[ObjectIdentifier(link)] = left > 0 ? left : nil
        }
        return outcome
    }

    // MARK: For its run

    var links: [any UpstreamLink] { state.withLock { $0.links } }

    func use(_ link: any UpstreamLink) { state.withLock { $0.current = link } }

    func remember(_ job: JobID, from link: any UpstreamLink) {
        state.withLock { $0.owners = $0.owners.suffix(Self.keptOwners - 1) + [(job, link)] }
    }

    func isAnswering(_ link: any UpstreamLink) -> Bool { state.withLock { $0.inFlight[ObjectIdentifier(link)] != nil } }

    var timing: (backoff: Backoff, returning: Backoff, farewell: Duration) { (backoff, returning, farewell) }
}
