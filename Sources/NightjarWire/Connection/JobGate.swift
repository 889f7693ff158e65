/// Keeps a flood of jobs from those who would have to act on each: of jobs that come faster than `spacing`, the newest
/// is let through when the time has come.
struct JobGate {
    private let spacing: Duration
    private var lastPassed: Duration?
    private var held: UpstreamJob?

    init(spacing: Duration) { self.spacing = spacing }

    enum Verdict {
        case pass
        /// To be asked for with ``release(now:)`` after this long.
        case wait(Duration)
        /// In place of one that is waited for.
        case replaced
    }

    mutating func offer(_ job: UpstreamJob, now: Duration) -> Verdict {
        guard let lastPassed, now - lastPassed < spacing else {
            // A later one than any that is held.
            held = nil
            self.lastPassed = now
            return .pass
        }
        defer { held = job }
        return held == nil ? .wait(spacing - (now - lastPassed)) : .replaced
    }

    /// The job that was waited for; `nil` when it has been overtaken.
    mutating func release(now: Duration) -> UpstreamJob? {
        defer { held = nil }
        if held != nil { lastPassed = now }
        return held
    }
}
