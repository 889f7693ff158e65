import NightjarCore

/// Steers one connection's difficulty for one algorithm to a share every `interval`.
///
/// The hash rate is what the shares prove: the difficulties of those that were found at the present difficulty, added,
/// over the time that they took. Nothing else raises the difficulty. Shares that were found before a change still come
/// for a while, from queues on both sides; the time that they take is not counted.
package struct Vardiff: Sendable {
    package private(set) var difficulty: Difficulty
    private let interval: Double
    /// Since when the shares of the present difficulty are counted.
    private var windowStart: Duration
    private var shares = 0
    /// When the last share came, of any difficulty.
    private var lastShare: Duration
    /// How often the difficulty fell since then.
    private var falls = 0
    /// Until a share has come, devices may still be preparing: the difficulty stays.
    private var begun = false

    /// Devices report in batches, so that many shares may come at once: a window is not shorter than this.
    private static let shortestWindow = 1.5
    /// Fewer shares say nothing of a rate.
    private static let fewest = 5
    /// After this many shares at a good difficulty, the window starts again: the rate may change.
    private static let most = 32
    /// A flood must not last as long as a window. This many shares after a moment prove enough, when they are taken to
    /// be the work of a whole window.
    private static let flood = (shares: 64, seconds: 0.25)
    /// A smaller change is not worth a new job.
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
        falls = 0
        if !begun {
            // The time before the first share says nothing of the rate.
            begun = true
            restart(now: now)
            return nil
        }
        guard shareDifficulty == difficulty else {
            if shares == 0 { restart(now: now) }
            return nil
        }
        shares += 1
        let seconds = (now - windowStart) / .seconds(1)
        let isWindow = shares >= Self.fewest && seconds >= Self.shortestWindow
        guard isWindow || (shares >= Self.flood.shares && seconds >= Self.flood.seconds) else { return nil }

        let ideal = Double(shares) * interval / max(seconds, Self.shortestWindow)
        // A few shares come early or late by chance.
        let chance = 1 / Double(shares).squareRoot()
        let least = max(Self.tolerance, 1 + 3 * chance)
        guard ideal > least || ideal < 1 / least else {
            if shares >= Self.most { restart(now: now) }
            return nil
        }
        // Of a rate that rises, what is proven beyond chance.
        return change(by: ideal > 1 ? ideal / (1 + chance) : ideal, now: now)
    }

    /// Lowers the difficulty when shares do not come, a little at first and ever more. To be called about every second.
    ///
    /// - Returns: the new difficulty, if it changes.
    package mutating func tick(now: Duration) -> Difficulty? {
        let silence = (now - max(windowStart, lastShare)) / .seconds(1)
        guard begun, silence > (falls == 0 ? 4 : 2) * interval else { return nil }
        falls += 1
        var factor = 1.0
        for _ in 0..<min(falls, 8) { factor /= 4 }
        return change(by: factor, now: now)
    }

    /// Forgets the running window: another algorithm's time is not this one's.
    package mutating func restart(now: Duration) {
        windowStart = now
        shares = 0
    }

    private mutating func change(by factor: Double, now: Duration) -> Difficulty? {
        restart(now: now)
        let next = min(max(Double(difficulty.value) * factor, 1), 0x1p127)
        guard let next = Difficulty(UInt128(next)), next != difficulty else { return nil }
        difficulty = next
        return next
    }
}
