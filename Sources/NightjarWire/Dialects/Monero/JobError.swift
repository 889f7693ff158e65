/// Why one job cannot be worked on. The old job goes on.
package struct JobError: OutsideError, Hashable {
    /// Without the job's name.
    package let reason: OutsideText
    package let words: OutsideText

    /// - Parameter job: the pool's name for it, raw.
    package init(job: String?, reason: OutsideText) {
        self.reason = reason
        words = job.map { "job \(theirs: $0, 80): \(reason)" } ?? "job: \(reason)"
    }
}
