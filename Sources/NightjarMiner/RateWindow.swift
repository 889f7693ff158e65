/// The growth rate of a count over the last ten seconds, minute and quarter of an hour.
///
/// It keeps one sample a second for the last quarter of an hour. A rate is the difference between the newest sample and
/// the one that is as old as the window, divided by the real time between the two. A sum of differences would drift,
/// and a decaying mean would not be a rate "over a minute".
struct RateWindow: Sendable {
    private struct CountSample {
        let time: ContinuousClock.Instant
        let count: UInt64
    }

    private static let windows: [Duration] = [.seconds(10), .seconds(60), .seconds(900)]
    /// A sample that is this much too young still counts as old enough for a window.
    private static let slack = Duration.milliseconds(500)

    /// With one sample a second, samples that are kept and those that are no longer needed are fewer than 1024.
    private static let mostOver = 64

    private var samples: [CountSample] = []
    /// The index of the oldest sample that is still needed. Older ones are removed from time to time.
    private var first = 0
    private(set) var rates = MinerSnapshot.Rates()

    /// Adds a sample. `time` must not be before the last sample's.
    mutating func add(_ count: UInt64, at time: ContinuousClock.Instant) {
        if let last = samples.last {
            guard time > last.time else { return }
            // The counter was replaced and started again, so old samples no longer fit. The highest rate stays.
            if count < last.count { (samples, first) = ([], 0) }
        }
        samples.append(CountSample(time: time, count: count))
        let horizon = Self.windows[2] + Self.slack
        while first + 1 < samples.count, time - samples[first + 1].time >= horizon { first += 1 }
        if first >= Self.mostOver {
            samples.removeFirst(first)
            first = 0
        }
        rates.tenSeconds = rate(over: Self.windows[0])
        rates.minute = rate(over: Self.windows[1])
        rates.quarterHour = rate(over: Self.windows[2])
        if let now = rates.tenSeconds { rates.highest = max(now, rates.highest ?? 0) }
    }

    private func rate(over window: Duration) -> Double? {
        guard let last = samples.last else { return nil }
        // Find the newest sample that is at least as old as the window. The samples are in order of time.
        var (low, high) = (first, samples.count)
        while low < high {
            let middle = (low + high) / 2
            if last.time - samples[middle].time + Self.slack >= window { low = middle + 1 } else { high = middle }
        }
        guard low > first else { return nil }
        let old = samples[low - 1]
        let elapsed = (last.time - old.time) / .seconds(1)
        return elapsed > 0 ? Double(last.count - old.count) / elapsed : nil
    }
}
