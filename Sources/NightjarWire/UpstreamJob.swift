import NightjarCore

/// A job with what is shown beside it.
package struct UpstreamJob: Sendable, Hashable {
    package let job: Job
    /// The block height, also for algorithms that do not need it.
    package let height: UInt64?
    /// In the pool's own unit.
    package let difficulty: PoolDifficulty

    package init(job: Job, height: UInt64?, difficulty: PoolDifficulty) {
        self.job = job
        self.height = height
        self.difficulty = difficulty
    }
}
