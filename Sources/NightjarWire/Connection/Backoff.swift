/// How long to wait before trying again.
package struct Backoff: Sendable {
    /// The first wait; each one after it is twice as long.
    package var first: Duration
    /// The longest wait.
    package var limit: Duration
    /// A connection that lasted this long was a good one: waits begin with `first` again.
    package var stable: Duration
    /// Waits; throws only when its task is cancelled.
    package var sleep: @Sendable (Duration) async throws -> Void
    /// The time since some fixed moment.
    package var now: @Sendable () -> Duration
    /// How much of a wait jitter takes off, 0 to 1 of a quarter of it.
    package var jitter: @Sendable () -> Double

    /// 1 to 60 seconds, with real time and random jitter. Tests hand in a time of their own.
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

    /// The wait after `failures` failures in a row before this one.
    package func delay(after failures: Int) -> Duration {
        var delay = first
        for _ in 0..<failures where delay < limit { delay = delay * 2 }
        return min(delay, limit) * (1 - 0.25 * jitter())
    }

    /// The same when nothing has worked for the time `away`: not above ten seconds or a twelfth of that time, whichever
    /// is more. A pool that comes back soon is met soon, and one that stays away is asked ever less often.
    package func delay(after failures: Int, away: Duration) -> Duration {
        var shortened = self
        shortened.limit = min(limit, max(.seconds(10), away / 12))
        return shortened.delay(after: failures)
    }
}
