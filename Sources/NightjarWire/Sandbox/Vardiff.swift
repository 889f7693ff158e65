import NightjarCore

/// Steers one connection's difficulty for one algorithm to a share every `interval`.
///
/// The hash rate is what the shares prove: their difficulties, added, over the time that they took.
package struct Vardiff: Sendable {
    package private(set) var difficulty: Difficulty
    private let interval: Double
    private var windowStart: Duration
    private var lastShare: Duration
    private var work = 0.0
    private var shares = 0
    /// Until a share has come, devices may still be preparing: the difficulty stays.
    private var begun = false

    /// Enough shares to tell a rate from, roughly; few, so that a fast device does not flood the pool meanwhile.
    private static let sample = 4
    private static let longSample = 16
    /// The most that one step multiplies or divides by.
    private static let stepUp = 8.0
    private static let stepDown = 4.0
    /// Smaller changes are noise.
    private static let tolerance = 1.5

    package init(start: Difficulty, interval: Duration, now: Duration) {
        difficulty = start
        self.interval = interval / .seconds(1)
        windowStart = now
        lastShare = now
    }

    /// Counts a share of `shareDifficulty`, which may be an older job's.
    ///
    /// - Returns: the new difficulty, if it changes.
    package mutating func share(_ shareDifficulty: Difficulty, now: Duration) -> Difficulty? {
        lastShare = now
        if !begun {
            // The time before the first share says nothing about the rate.
            begun = true
            windowStart = now
            return nil
        }
        work += Double(shareDifficulty.value)
        shares += 1
        guard shares >= Self.sample else { return nil }
        let changed = retarget(now: now)
        if changed == nil && shares >= Self.longSample { restart(now: now) }
        return changed
    }

    /// Lowers the difficulty when shares do not come; to be called now and then.
    package mutating func tick(now: Duration) -> Difficulty? {
        let silence = max(windowStart, lastShare)
        guard begun, (now - silence) / .seconds(1) > 4 * interval else { return nil }
        // What came before the silence says nothing about it.
        restart(now: silence)
        return retarget(now: now)
    }

    /// Forgets the running window: another algorithm's time is not this one's.
    package mutating func restart(now: Duration) {
        windowStart = now
        work = 0
        shares = 0
    }

    private mutating func retarget(now: Duration) -> Difficulty? {
        let current = Double(difficulty.value)
        // A share that is still being looked for counts as half of one.
        let proven = work + current / 2
        let ideal = proven / max((now - windowStart) / .seconds(1), 0.001) * interval
        guard ideal > current * Self.tolerance || ideal < current / Self.tolerance else { return nil }
        let next = min(max(ideal, current / Self.stepDown, 1), current * Self.stepUp, 0x1p48)
        guard let next = Difficulty(UInt64(next)), next != difficulty else { return nil }
        difficulty = next
        restart(now: now)
        return next
    }
}
