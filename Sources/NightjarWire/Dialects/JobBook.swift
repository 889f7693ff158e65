import NightjarCore

/// What a dialect knows of a job beside what the miner does: enough to tell it from others, and to submit for it.
package protocol WireJob: Sendable, Hashable {
    /// The pool's name for it.
    var name: String { get }
}

/// The jobs of one pool: their identities, which outlive a connection, and those that shares may come for on this one.
struct JobBook<Wire: WireJob>: Sendable {
    private typealias Entry = (id: JobID, wire: Wire)

    /// Shares may come for this many of the newest jobs.
    private static var kept: Int { 64 }
    /// This many jobs before those are remembered, to tell a late share from a foreign one.
    private static var keptOver: Int { 1024 }

    /// Jobs that were read from the wire, the newest last, across connections.
    private var known: [Entry] = []
    /// Jobs of this connection that have gone to the miner.
    private var current: [Entry] = []
    private var over: [JobID] = []

    enum Found {
        case current(Wire)
        /// What becomes of the share.
        case gone(ShareOutcome)
    }

    /// There is a new connection.
    mutating func begin() {
        current = []
        over = []
    }

    /// The identity of a job that was read from the wire: the one it had, for one that the pool repeats, or a new one.
    mutating func identity(of wire: Wire) -> JobID {
        if let index = known.lastIndex(where: { $0.wire == wire }) {
            known.append(known.remove(at: index))
            return known[known.count - 1].id
        }
        let id = JobID(wire.name)
        known = known.suffix(Self.kept - 1) + [(id, wire)]
        return id
    }

    /// The job has gone to the miner. An earlier one of the same name can no longer be told from it, and is over.
    mutating func handOn(_ id: JobID) {
        guard let entry = known.last(where: { $0.id == id }) else { return }
        let renamed = current.filter { $0.wire.name == entry.wire.name }
        current.removeAll { $0.wire.name == entry.wire.name }
        current.append(entry)
        let dropped = renamed.filter { $0.id != id } + (current.count > Self.kept ? [current.removeFirst()] : [])
        over = (over + dropped.map(\.id)).suffix(Self.keptOver)
    }

    /// The job of a share.
    func find(_ id: JobID) -> Found {
        if let entry = current.last(where: { $0.id == id }) { return .current(entry.wire) }
        return .gone(
            over.contains(id)
                ? .stale(reason: "its job was replaced too long ago")
                : .expired(reason: "its job is not of this connection"))
    }
}
