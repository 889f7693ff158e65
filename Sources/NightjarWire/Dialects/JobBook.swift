import NightjarCore

/// The jobs of one connection, each with what its dialect must know to submit a share for it.
struct JobBook<Wire: Sendable>: Sendable {
    private typealias Entry = (job: Job, wire: Wire)

    /// Shares may come for this many of the newest jobs.
    private static var kept: Int { 64 }
    /// This many jobs before those are remembered by a hash, to tell a late share from a foreign one.
    private static var keptOver: Int { 1024 }

    /// The newest job, until it has gone to the miner.
    private var offered: Entry?
    private var current: [Entry] = []
    private var over: [Int] = []

    enum Found {
        case current(Wire)
        /// What becomes of the share.
        case gone(ShareOutcome)
    }

    /// A job that was read from the wire.
    mutating func offer(_ job: Job, _ wire: Wire) { offered = (job, wire) }

    /// The job has gone to the miner. An earlier one of the same name can no longer be told from it, and is over.
    mutating func handOn(_ job: Job) {
        guard let entry = offered, entry.job == job else { return }
        offered = nil
        let renamed = current.filter { $0.job.id == job.id }
        current.removeAll { $0.job.id == job.id }
        current.append(entry)
        let dropped = renamed.filter { $0.job != job } + (current.count > Self.kept ? [current.removeFirst()] : [])
        over = (over + dropped.map(\.job.hashValue)).suffix(Self.keptOver)
    }

    /// The job of a share.
    func find(_ job: Job) -> Found {
        if let entry = current.last(where: { $0.job == job }) { return .current(entry.wire) }
        return .gone(
            over.contains(job.hashValue)
                ? .stale(reason: "its job was replaced too long ago")
                : .expired(reason: "its job is not of this connection"))
    }
}
