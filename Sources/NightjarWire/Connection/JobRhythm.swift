/// A pool's rhythm: when it last gave a sign of life, and the mean time between its jobs.
///
/// A job is a sign of life. So is an accepted share, because its job is still good. An answer to a keepalive is not: a
/// pool that only answers keepalives has lost its node, and mining its last job is a waste.
struct JobRhythm {
    private let limits: IdleLimit
    private var lastSign: Duration
    private var lastJob: Duration?
    /// The mean time between jobs, in which newer times weigh more. It starts with a guess: otherwise one early job
    /// would make a normal next job look late.
    private var mean: Duration
    private static let guess: Duration = .seconds(90)
    /// Jobs that are closer together are one burst.
    private let burst: Duration

    init(_ limits: IdleLimit, now: Duration) {
        self.limits = limits
        lastSign = now
        mean = min(Self.guess, limits.most / limits.factor)
        burst = limits.burst
    }

    mutating func job(now: Duration) {
        lastSign = now
        guard let last = lastJob else {
            lastJob = now
            return
        }
        guard now - last >= burst else { return }
        mean = (mean * 7 + (now - last)) / 8
        lastJob = now
    }

    mutating func acceptedShare(now: Duration) { lastSign = now }

    var limit: Duration {
        guard lastJob != nil else { return min(limits.first, limits.most) }
        return min(max(mean * limits.factor, limits.least), limits.most)
    }

    /// Why the connection counts as dead; `nil` while it does not.
    func idle(now: Duration) -> String? {
        let silence = now - lastSign
        guard silence > limit else { return nil }
        guard lastJob != nil else { return "no job within \(limit.components.seconds) s of the connection" }
        return
            "no new job for \(silence.components.seconds) s; the limit for this pool is \(limit.components.seconds) s"
    }
}
