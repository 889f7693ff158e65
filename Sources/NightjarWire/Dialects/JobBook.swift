import NightjarCore

/// One pool's jobs. Their identities outlive a connection; shares are sent only for jobs of the present connection.
struct JobBook<Wire: WireJob>: Sendable {
    private typealias Entry = (id: JobID, wire: Wire)

    /// Shares can be sent for this many of the newest jobs.
    private static var kept: Int { 64 }
    /// This many older jobs are remembered, to tell a late share from a foreign one.
    private static var keptOver: Int { 1024 }

    /// Jobs of all connections so far, the newest last.
    private var known: [Entry] = []
    /// Jobs of this connection that the miner has.
    private var current: [Entry] = []
    private var over: [JobID] = []

    enum Found {
        case current(Wire)
        /// The job is over or foreign: the share ends like this.
        case gone(ShareEnd<OutsideText>)
    }

    /// Begins a new connection.
    mutating func begin() {
        current = []
        over = []
    }

    /// The identity of a job that was read from the wire. A job that the pool repeats keeps its identity; any other
    /// gets a new one.
    mutating func identity(of wire: Wire) -> JobID {
        if let index = known.lastIndex(where: { $0.wire == wire }) {
            known.append(known.remove(at: index))
            return known[known.count - 1].id
        }
        let id = JobID("")
        known = known.suffix(Self.kept - 1) + [(id, wire)]
        return id
    }

    /// The job has gone to the miner. An earlier job with the same name is over: the pool could not tell the two apart.
    mutating func handOn(_ id: JobID) {
        guard let entry = known.last(where: { $0.id == id }) else { return }
        let renamed = current.filter { $0.wire.name == entry.wire.name }
        current.removeAll { $0.wire.name == entry.wire.name }
        current.append(entry)
        let dropped = renamed.filter { $0.id != id } + (current.count > Self.kept ? [current.removeFirst()] : [])
        over = (over + dropped.map(\.id)).suffix(Self.keptOver)
    }

    /// Finds a share's job.
    func find(_ id: JobID) -> Found {
        if let entry = current.last(where: { $0.id == id }) { return .current(entry.wire) }
        return .gone(
            over.contains(id)
                ? .stale(reason: "its job was replaced too long ago")
                : .expired(reason: "its job is not of this connection"))
    }
}
