import NightjarCore

/// A job with what is shown beside it.
package struct UpstreamJob: Sendable, Hashable {
    package let job: Job
    /// The block height, also for algorithms that do not need it.
    package let height: UInt64?

    package init(job: Job, height: UInt64?) {
        self.job = job
        self.height = height
    }
}
