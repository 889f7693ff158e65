import Glibc

/// Three clocks read at one moment. Each has its own starting point.
package struct ClockReading: Sendable, Hashable {
    /// Stops while the machine sleeps.
    package var monotonic: Duration
    /// Continues while the machine sleeps.
    package var boot: Duration
    /// The wall clock, which users and time servers can set.
    package var real: Duration

    package init(monotonic: Duration, boot: Duration, real: Duration) {
        self.monotonic = monotonic
        self.boot = boot
        self.real = real
    }

    package static var now: ClockReading {
        ClockReading(monotonic: read(CLOCK_MONOTONIC), boot: read(CLOCK_BOOTTIME), real: read(CLOCK_REALTIME))
    }

    private static func read(_ clock: clockid_t) -> Duration {
        var time = timespec()
        // Cannot fail: these clocks are always there, and the pointer is valid.
        clock_gettime(clock, &time)
        return .seconds(Int64(time.tv_sec)) + .nanoseconds(Int64(time.tv_nsec))
    }
}
