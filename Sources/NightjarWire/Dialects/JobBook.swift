import NightjarCore

/// One pool's jobs. Their identities outlive a connection; shares are sent only for jobs of the present connection.
struct JobBook<Wire: WireJob>: Sendable {
    private typealias Entry = (id: JobID, wire: Wire)

    /// Shares can be sent for this many of the newest jobs.
    private let kept: Int
    /// This many older jobs are remembered, to tell a late share from a foreign one.
    private static var keptOver: Int { 1024 }

    /// Jobs of all connections so far, the newest last.
    private var known: [Entry] = []
    /// Jobs of this connection that the miner has.
    private var current: [Entry] = []
    private var over: [JobID] = []

    init(kept: Int = 64) { self.kept = kept }

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
        known = known.suffix(kept - 1) + [(id, wire)]
        return id
    }

    /// The job has gone to the miner. Earlier jobs that the pool could not tell from it are over.
    mutating func handOn(_ id: JobID) {
        guard let entry = known.last(where: { $0.id == id }) else { return }
        let replaced = current.filter { $0.id != id && $0.wire.isReplaced(by: entry.wire) }
        current.removeAll { earlier in earlier.id == id || replaced.contains { $0.id == earlier.id } }
        current.append(entry)
        let dropped = replaced + (current.count > kept ? [current.removeFirst()] : [])
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
