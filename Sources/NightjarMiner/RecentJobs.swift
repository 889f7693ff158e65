import NightjarCore
import NightjarWire

/// The newest jobs of a run, which the reports of their shares need, and which of them are worthless: shares for those
/// are neither verified nor sent.
///
/// A job is worthless when the pool says that a newer one ends it, as Bitcoin's Stratum does. Monero's does not say it:
/// many pools take shares for the last block's jobs for a while, others never do. The pool's own answers on this
/// connection tell.
struct RecentJobs {
    private struct Entry {
        let job: UpstreamJob
        let pool: String
    }

    /// The current one last.
    private var entries: [Entry] = []
    private(set) var worthless: Set<JobID> = []
    /// The pools that have called a share stale because its job was for an earlier block.
    private var refusing: Set<String> = []

    private static let kept = 256

    /// A connection has begun: what earlier answers told of the pool does not count.
    mutating func connected(to pool: String) { refusing.remove(pool) }

    /// The pool has a new job.
    mutating func take(_ job: UpstreamJob, from pool: String) {
        entries = entries.filter { $0.job.job.id != job.job.id }.suffix(Self.kept - 1) + [Entry(job: job, pool: pool)]
        worthless.formIntersection(entries.map(\.job.job.id))
        worthless.remove(job.job.id)
        markWorthless()
    }

    /// The pool has called a share stale that was for an earlier block.
    mutating func refused(by pool: String) {
        refusing.insert(pool)
        markWorthless()
    }

    /// Marks the jobs that the newest has ended.
    private mutating func markWorthless() {
        guard let newest = entries.last else { return }
        for old in entries.dropLast() where old.pool == newest.pool {
            let isOver =
                newest.job.endsEarlierJobs
                || refusing.contains(newest.pool) && newest.job.isOfAnotherBlock(than: old.job)
            if isOver { worthless.insert(old.job.job.id) }
        }
    }

    /// A job with its facts; `nil` when it is no longer remembered.
    subscript(id: JobID) -> UpstreamJob? { entries.last { $0.job.job.id == id }?.job }

    /// The name of the pool that a job came from; `nil` when it is no longer remembered.
    func pool(of id: JobID) -> String? { entries.last { $0.job.job.id == id }?.pool }

    /// Whether a job is for another block than the newest one.
    func isOfAnotherBlock(_ job: UpstreamJob) -> Bool {
        entries.last.map { $0.job.isOfAnotherBlock(than: job) } ?? false
    }
}
