/// The waiting times between tries to connect.
package struct Backoff: Sendable {
    /// The first wait. Each later wait is twice as long as the one before.
    package var first: Duration
    /// The longest wait.
    package var limit: Duration
    /// A connection that lasted this long was a good one: after it, waits begin with `first` again.
    package var stable: Duration
    /// Waits; throws only when its task is cancelled.
    package var sleep: @Sendable (Duration) async throws -> Void
    /// The time since a fixed moment.
    package var now: @Sendable () -> Duration
    /// 0 to 1: how much of a quarter of the wait is cut off, so that many miners do not come back at once.
    package var jitter: @Sendable () -> Double

    /// 1 to 60 seconds, with real time and random jitter. Tests pass their own clock.
    package init(
        first: Duration = .seconds(1), limit: Duration = .seconds(60), stable: Duration = .seconds(30),
        sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) },
        now: @escaping @Sendable () -> Duration = Self.uptime,
        jitter: @escaping @Sendable () -> Double = { .random(in: 0...1) }
    ) {
        self.first = first
        self.limit = limit
        self.stable = stable
        self.sleep = sleep
        self.now = now
        self.jitter = jitter
    }

    private static let start = ContinuousClock.now

    /// The real time since the process first asked.
    package static let uptime: @Sendable () -> Duration = { ContinuousClock.now - start }

    /// The waits before a preferred pool is tried beside one that works: most outages last seconds, and after a long one
    /// the pool is in use again within half a minute of its return.
    package static var returning: Backoff { Backoff(first: .seconds(5), limit: .seconds(25)) }

    /// The longest wait, with its jitter.
    package var longest: Duration { limit * (1 - 0.25 * jitter()) }

    /// The wait after `failures` failures in a row before this one.
    package func delay(after failures: Int) -> Duration {
        var delay = first
        for _ in 0..<failures where delay < limit { delay = delay * 2 }
        return min(delay, limit) * (1 - 0.25 * jitter())
    }

    /// The same when nothing has worked for the time `away`. The wait is at most ten seconds or a twelfth of `away`,
    /// whichever is longer: a pool that returns soon is found soon, and one that stays away is tried less and less
    /// often.
    package func delay(after failures: Int, away: Duration) -> Duration {
        var shortened = self
        shortened.limit = min(limit, max(.seconds(10), away / 12))
        return shortened.delay(after: failures)
    }
}
