import NightjarCore

/// A job with the facts that are shown with it.
package struct UpstreamJob: Sendable, Hashable {
    package let job: Job
    /// The block height, even where the algorithm does not need it.
    package let height: UInt64?
    /// In the pool's own unit.
    package let difficulty: PoolDifficulty

    package init(job: Job, height: UInt64?, difficulty: PoolDifficulty) {
        self.job = job
        self.height = height
        self.difficulty = difficulty
    }
}
