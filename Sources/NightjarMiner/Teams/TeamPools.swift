import NightjarPlatform
import NightjarWire
import Synchronization

/// The pools of a team, in order of preference. Pools with weights take turns at being the preferred one.
///
/// A turn changes the order of preference and nothing else: the old pool works until the new one has work, and takes over
/// where the new one fails.
package final class TeamPools: Sendable {
    /// A pool or node, and the part of the time that it has.
    package struct Member: Sendable {
        package let link: any UpstreamLink
        /// `nil` for a pool that takes no turns and is used when the others fail.
        let weight: Double?

        package init(_ link: any UpstreamLink, weight: Double? = nil) {
            self.link = link
            self.weight = weight
        }
    }

    /// A turn that begins.
    struct Turn: Sendable, Hashable {
        let pool: String
        let seconds: Int
        /// `3 of 4`.
        let weight: String
    }

    private struct State {
        var members: [Member]
        /// The indices of the members with weights, where there are two or more.
        var weighted: [Int] = []
        var clock: TurnClock?
        /// The place in `weighted` of the pool whose turn it is.
        var current: Int?
    }

    let group: PoolGroup
    private let state: Locked<State>

    /// - Parameters:
    ///   - members: at least one; a programmer's error otherwise.
    ///   - slice: the longest turn that is told, in seconds.
    package init(_ members: [Member], slice: Double) {
        state = Locked(Self.state(members, slice))
        // The waits of a link by itself are those of a group, too.
        group = PoolGroup(members.map(\.link), backoff: members.first?.link.backoff ?? Backoff())
    }

    private static func state(_ members: [Member], _ slice: Double) -> State {
        var state = State(members: members)
        let weighted = members.indices.filter { members[$0].weight != nil }
        guard weighted.count > 1 else { return state }
        state.weighted = weighted
        state.clock = TurnClock(weighted.compactMap { members[$0].weight }, slice: slice)
        return state
    }

    /// Replaces the pools, after the configuration was read again. Links that stay keep their connection.
    func replace(_ members: [Member], slice: Double) {
        state.withLock { $0 = Self.state(members, slice) }
        group.replace(members.map(\.link))
    }

    /// Lets time pass in which the devices could work.
    ///
    /// - Returns: the turn that begins now, or the next part of the present one.
    func pass(_ seconds: Double) -> Turn? {
        let (turn, links) = state.withLock { state -> (Turn?, [any UpstreamLink]?) in
            guard var clock = state.clock else { return (nil, nil) }
            let next = state.current == nil ? clock.begin() : clock.pass(seconds)
            state.clock = clock
            guard let next else { return (nil, nil) }
            let isNew = state.current != next.pool
            state.current = next.pool
            let member = state.members[state.weighted[next.pool]]
            let sum = state.weighted.compactMap { state.members[$0].weight }.reduce(0, +)
            let turn = Turn(
                pool: member.link.name, seconds: Int(next.seconds.rounded()),
                weight: "\(Settings.plain(member.weight ?? 0)) of \(Settings.plain(sum))")
            return (turn, isNew ? Self.order(state) : nil)
        }
        if let links { group.reorder(links) }
        return turn
    }

    /// The pool whose turn it is, then those without a weight, then those whose turns come next.
    private static func order(_ state: State) -> [any UpstreamLink] {
        let current = state.current ?? 0
        let turns = state.weighted.indices.map { state.weighted[(current + $0) % state.weighted.count] }
        let others = state.members.indices.filter { !state.weighted.contains($0) }
        return (turns.prefix(1) + others + turns.dropFirst()).map { state.members[$0].link }
    }
}
