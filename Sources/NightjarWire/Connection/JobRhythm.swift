/// How long a pool may go without new work before its connection is taken for dead.
package struct IdleLimit: Sendable, Hashable {
    /// So many times the mean time from one job to the next, as observed.
    package var factor = 20
    /// The shortest limit.
    package var least: Duration = .seconds(120)
    /// The longest, and the limit while little has been observed.
    package var most: Duration = .seconds(1800)
    /// Jobs that are closer together count as one.
    package var burst: Duration = .seconds(1)

    package init() {}
}

/// A pool's rhythm: when there was a sign of life, and how far its jobs are apart.
///
/// A sign of life is a job, or an accepted share: the job that it was for is still good. Answers to keepalives are
/// none; a pool that only sends these has lost its node, and mining its last job is a waste.
struct JobRhythm {
    private let limits: IdleLimit
    private var lastSign: Duration
    private var lastJob: Duration?
    /// The mean of the times between jobs, the newer ones weighing more, and of a guess to begin with: one early job
    /// must not make the next one, which takes its time, look late.
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

    var limit: Duration { min(max(mean * limits.factor, limits.least), limits.most) }

    /// Why the connection is taken for dead; `nil` while it is not.
    func idle(now: Duration) -> String? {
        let silence = now - lastSign
        guard silence > limit else { return nil }
        return
            "no new job for \(silence.components.seconds) s, where \(limit.components.seconds) s are the limit by its rhythm"
    }
}
