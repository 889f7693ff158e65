import NightjarCore

/// A job as a dialect read it.
package struct DialectJob: Sendable, Hashable {
    /// Nobody sees the name that it has here.
    package let job: Job
    /// The pool's name for the job.
    package let name: OutsideText
    /// The block height, even where the algorithm does not need it.
    package let height: UInt64?
    /// In the pool's own unit.
    package let difficulty: PoolDifficulty
    /// The id of the block before; `nil` where the job does not tell it.
    package let parent: [UInt8]?
    /// Whether the pool says that shares of its earlier jobs are worthless.
    package let endsEarlierJobs: Bool

    package init(
        job: Job, name: OutsideText, height: UInt64?, difficulty: PoolDifficulty, parent: [UInt8]? = nil,
        endsEarlierJobs: Bool = false
    ) {
        self.job = job
        self.name = name
        self.height = height
        self.difficulty = difficulty
        self.parent = parent
        self.endsEarlierJobs = endsEarlierJobs
    }

    /// The job under a name that may be shown.
    package func shown(by door: KnownSecrets) -> UpstreamJob {
        UpstreamJob(
            job: job.shown(as: door(name)), height: height, difficulty: difficulty, parent: parent,
            endsEarlierJobs: endsEarlierJobs)
    }
}
