/// Thins out a flood of jobs. When jobs come faster than one every `spacing`, only the newest passes once `spacing` is
/// over.
struct JobGate {
    private let spacing: Duration
    private var lastPassed: Duration?
    private var held: UpstreamJob?

    init(spacing: Duration) { self.spacing = spacing }

    enum Verdict {
        case pass
        /// The gate holds the job. Call ``release(now:)`` after this time.
        case wait(Duration)
        /// The gate holds the job in place of an older one, whose wait goes on.
        case replaced
    }

    mutating func offer(_ job: UpstreamJob, now: Duration) -> Verdict {
        guard let lastPassed, now - lastPassed < spacing else {
            // This job is newer than the held one.
            held = nil
            self.lastPassed = now
            return .pass
        }
        // A job that is left out has ended the earlier ones all the same.
        defer { held = held?.endsEarlierJobs == true ? job.endingEarlierJobs : job }
        return held == nil ? .wait(spacing - (now - lastPassed)) : .replaced
    }

    /// The held job; `nil` when a newer one has passed meanwhile.
    mutating func release(now: Duration) -> UpstreamJob? {
        defer { held = nil }
        if held != nil { lastPassed = now }
        return held
    }
}
