import NightjarCore

/// Adjusts one connection's difficulty for one algorithm, so that a share comes every `interval`.
///
/// The hash rate is estimated from proven shares alone: the sum of the difficulties of the shares found at the present
/// difficulty, divided by the time in which they came. Only this estimate raises the difficulty. Proofs may take longer than
/// the shares took to come, so their own times say nothing. After a change, shares found before it still arrive; the time in
/// which they do is not counted.
///
/// Where a proof takes long, as on a machine that does much else, shares come less often than the interval says: they would
/// wait for their proofs until they have no answer in time.
package struct Vardiff: Sendable {
    package private(set) var difficulty: Difficulty
    private let wanted: Double
    /// The seconds that a proof takes; newer ones count more.
    private var proof = 0.0
    /// When counting of shares at the present difficulty began.
    private var windowStart: Duration
    private var shares = 0
    /// When the last share of any difficulty was proven.
    private var lastShare: Duration
    /// How often the difficulty fell since the last share.
    private var falls = 0
    /// Whether a share has come. Until then the devices may still be preparing, and the difficulty stays.
    private var begun = false

    /// Devices report in batches, so many shares may come at once. They count as the work of at least this many seconds.
    private static let shortestWindow = 1.5
    /// Fewer shares than this say nothing about the rate. They are enough however fast they come: a flood must end before
    /// many shares wait for slow proofs.
    private static let fewest = 5
    /// After this many shares at a good difficulty, the window starts again: the rate may change.
    private static let most = 32
    /// A smaller factor of change is not worth a new job.
    private static let tolerance = 1.5
    /// Proofs are busy for half of the time at most, because shares come by chance.
    private static let proofsPerShare = 2.0
    private static let weightOfNewest = 0.25
    private static let gentleFalls = 3
    private static let mostFalls = 10

    package init(start: Difficulty, interval: Duration, now: Duration) {
        difficulty = start
        wanted = interval / .seconds(1)
        windowStart = now
        lastShare = now
    }

    /// Seconds from share to share.
    private var interval: Double { max(wanted, Self.proofsPerShare * proof) }

    /// A share's proof took so long.
    package mutating func proved(in time: Duration) {
        let seconds = time / .seconds(1)
        proof += (seconds - proof) * (proof == 0 ? 1 : Self.weightOfNewest)
    }

    /// Counts a proven share. Its difficulty may be an older job's.
    ///
    /// - Parameter arrived: when it came; `nil` means now.
    /// - Returns: the new difficulty, if it changes.
    package mutating func share(
        _ shareDifficulty: Difficulty, arrived: Duration? = nil, now: Duration
    ) -> Difficulty? {
        let arrived = arrived ?? now
        lastShare = now
        falls = 0
        if !begun {
            // The time before the first share says nothing about the rate.
            begun = true
            restart(now: arrived)
            return nil
        }
        guard shareDifficulty == difficulty else {
            if shares == 0 { restart(now: max(windowStart, arrived)) }
            return nil
        }
        shares += 1
        guard shares >= Self.fewest else { return nil }
        let seconds = max((arrived - windowStart) / .seconds(1), Self.shortestWindow)
        let ideal = Double(shares) * interval / seconds
        // Shares come early or late by chance: the relative error for n shares is 1 / √n.
        let chance = 1 / Double(shares).squareRoot()
        let least = max(Self.tolerance, 1 + 3 * chance)
        guard ideal > least || ideal < 1 / least else {
            if shares >= Self.most { restart(now: now) }
            return nil
        }
        // Raise the difficulty only by what is beyond chance.
        return change(by: ideal > 1 ? ideal / (1 + chance) : ideal, now: now)
    }

    /// Lowers the difficulty when no shares come, a little at first and then more and more. Call it about once a
    /// second.
    ///
    /// - Returns: the new difficulty, if it changes.
    package mutating func tick(now: Duration) -> Difficulty? {
        let silence = (now - max(windowStart, lastShare)) / .seconds(1)
        guard begun, silence > (falls == 0 ? 4 : 2) * interval else { return nil }
        falls += 1
        // By 2 three times, then by 8, 32 and so on. Some silences are chance, or the machine does something else. A difficulty
        // that is far too low brings more shares than can be proven before it is raised.
        var factor = 0.5
        for _ in Self.gentleFalls..<max(Self.gentleFalls, min(falls, Self.mostFalls)) { factor /= 4 }
        return change(by: factor, now: now)
    }

    /// Starts a new window, because the time spent on another algorithm does not count.
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
