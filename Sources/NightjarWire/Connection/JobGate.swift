/// Thins out a flood of jobs. When jobs come faster than one every `spacing`, only the newest passes once `spacing` is
/// over.
package struct JobGate {
    private let spacing: Duration
    private var lastPassed: Duration?
    private var held: UpstreamJob?
    /// The wait that goes on, or the last one.
    private var waits = 0

    package init(spacing: Duration) { self.spacing = spacing }

    package enum Verdict {
        case pass
        /// The gate holds the job. Call ``release(_:now:)`` with this number after this time.
        case wait(Duration, number: Int)
        /// The gate holds the job in place of an older one, whose wait goes on.
        case replaced
    }

    package mutating func offer(_ job: UpstreamJob, now: Duration) -> Verdict {
        guard let lastPassed, now - lastPassed < spacing else {
            // This job is newer than the held one.
            held = nil
            self.lastPassed = now
            return .pass
        }
        // A job that is left out has ended the earlier ones all the same.
        defer { held = held?.endsEarlierJobs == true ? job.endingEarlierJobs : job }
        guard held == nil else { return .replaced }
        waits += 1
        return .wait(spacing - (now - lastPassed), number: waits)
    }

    /// The held job; `nil` when a newer one has passed meanwhile. Where the timer of an earlier wait is late, the job that is
    /// held now goes on waiting.
    package mutating func release(_ number: Int, now: Duration) -> UpstreamJob? {
        guard number == waits, let job = held else { return nil }
        held = nil
        lastPassed = now
        return job
    }
}
