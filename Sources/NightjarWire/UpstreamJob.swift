import NightjarCore

/// A job with the facts that are shown with it.
package struct UpstreamJob: Sendable, Hashable {
    package let job: Job
    /// The block height, even where the algorithm does not need it.
    package let height: UInt64?
    /// In the pool's own unit.
    package let difficulty: PoolDifficulty
    /// The id of the block before; `nil` where the job does not tell it.
    package let parent: [UInt8]?
    /// Whether the pool said that shares of all its earlier jobs are worthless now.
    package let endsEarlierJobs: Bool

    package init(
        job: Job, height: UInt64?, difficulty: PoolDifficulty, parent: [UInt8]? = nil, endsEarlierJobs: Bool = false
    ) {
        self.job = job
        self.height = height
        self.difficulty = difficulty
        self.parent = parent
        self.endsEarlierJobs = endsEarlierJobs
    }

    /// The same job, which also ends earlier ones.
    var endingEarlierJobs: UpstreamJob {
        UpstreamJob(job: job, height: height, difficulty: difficulty, parent: parent, endsEarlierJobs: true)
    }

    /// Whether the two are for blocks with different parents, as far as they tell. Jobs of different algorithms, which
    /// may be of different chains, say nothing about each other.
    package func isOfAnotherBlock(than other: UpstreamJob) -> Bool {
        guard job.algorithm == other.job.algorithm else { return false }
        if let parent, let others = other.parent { return parent != others }
        if let height, let others = other.height { return height != others }
        return false
    }
}
