import NightjarCore
import NightjarPlatform
import Synchronization

extension UpstreamLink {
    package var identity: String { name }
    package var cannotWork: Bool { false }
    package var isRefused: Bool { false }

    package func run(events: @escaping @Sendable (UpstreamEvent) -> Void) async {
        await PoolGroup([self], backoff: backoff).run(events: events)
    }
}

/// Several upstreams in order of preference. One is used at a time.
///
/// When a link fails, the next one is tried at once. After the last one failed, or after a good connection was lost,
/// the group waits and then begins again with the first.
///
/// While a link other than the first works, the group also tries those before it, at growing intervals. The first of
/// them that has work takes over. Why one has none is told once, as a warning. The connection that is left may still answer shares that were sent to it.
///
/// A link whose settings cannot work is left out until the list is replaced. When none is left, no more is tried.
package final class PoolGroup: Upstream {
    private let backoff: Backoff
    private let returning: Backoff
    private let farewell: Duration
    private let state: Locked<State>

    /// The group remembers this many of the newest jobs with the link that each came from.
    private static let keptOwners = 256

    struct State {
        var links: [any UpstreamLink]
        var current: any UpstreamLink
        /// A share goes to the link that its job came from.
        var owners: [(job: JobID, link: any UpstreamLink)] = []
        /// The number of unanswered shares of each link.
        var inFlight: [ObjectIdentifier: Int] = [:]
        var signals: AsyncStream<PoolGroupRun.Signal>.Continuation?

        /// The link that a job came from; `nil` when that is forgotten.
        func owner(of job: JobID) -> (any UpstreamLink)? { owners.last { $0.job == job }?.link }
    }

    /// - Parameters:
    ///   - links: at least one; a programmer's error otherwise.
    ///   - returning: the growing waits before a preferred link is tried beside one that works.
    ///   - farewell: the shortest time for which a connection that was left may still answer shares.
    package init(
        _ links: [any UpstreamLink], backoff: Backoff = Backoff(),
        returning: Backoff = .returning, farewell: Duration = .seconds(10)
    ) {
        precondition(!links.isEmpty, "a group of pools has a pool")
        self.backoff = backoff
        self.returning = returning
        self.farewell = farewell
        state = Locked(State(links: links, current: links[0]))
    }

    /// The name of the link that is used or tried now.
    package var name: String { state.withLock { $0.current }.name }

    package func name(of job: JobID) -> String { state.withLock { $0.owner(of: job) ?? $0.current }.name }

    package var security: ConnectionSecurity? { state.withLock { $0.current }.security }

    /// Replaces the links, after the configuration was read again.
    ///
    /// A link with the identity of an old one stays, with its connection. When the link in use is not in the new list,
    /// the first new link is tried at once.
    ///
    /// - Parameter links: at least one; a programmer's error otherwise.
    package func replace(_ links: [any UpstreamLink]) { set(links, .replaced) }

    /// Gives the same links another order of preference. What is known of them stays: which cannot work, and which
    /// troubles were told.
    package func reorder(_ links: [any UpstreamLink]) { set(links, .reordered) }

    private func set(_ links: [any UpstreamLink], _ signal: PoolGroupRun.Signal) {
        precondition(!links.isEmpty, "a group of pools has a pool")
        state.withLock { state in
            var old = state.links
            state.links = links.map { link in
                guard let index = old.firstIndex(where: { $0.identity == link.identity }) else { return link }
                return old.remove(at: index)
            }
            if state.signals == nil { state.current = state.links[0] }
            state.signals?.yield(signal)
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
        let owner = state.withLock { state in
            // Another pool must not get the share. The only one may know the job still.
            let link = state.owner(of: share.jobID) ?? (state.links.count == 1 ? state.current : nil)
            if let link { state.inFlight[ObjectIdentifier(link), default: 0] += 1 }
            return link
        }
        guard let link = owner else { return .expired(reason: "its job is too old: its pool is forgotten") }
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
