/// How fast a count grows, over the last ten seconds, minute and quarter of an hour.
///
/// It keeps the counts of the last quarter of an hour as they were sampled, once a second; a rate is the difference
/// between the newest and the one that is as old as the window, over the time that really lies between them. A sum of
/// differences would drift, and a decaying mean would not be "over a minute".
struct RateWindow: Sendable {
    private struct Sample {
        let time: ContinuousClock.Instant
        let count: UInt64
    }

    private static let windows: [Duration] = [.seconds(10), .seconds(60), .seconds(900)]
    /// A sample that is taken a little early still closes its window.
    private static let slack = Duration.milliseconds(500)

    private var samples: [Sample] = []
    /// Where the oldest that is still needed lies; those before it are dropped now and then.
    private var first = 0
    private(set) var rates = MinerSnapshot.Rates()

    /// Takes the count as it is at `time`, which is not before the last one's.
    mutating func add(_ count: UInt64, at time: ContinuousClock.Instant) {
        if let last = samples.last {
            guard time > last.time else { return }
            // What counts has been made anew: the past is no measure for it. The highest stays.
            if count < last.count { (samples, first) = ([], 0) }
        }
        samples.append(Sample(time: time, count: count))
        let horizon = Self.windows[2] + Self.slack
        while first + 1 < samples.count, time - samples[first + 1].time >= horizon { first += 1 }
        if first > 1024 {
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
        // The newest sample that is at least as old as the window: they stand in the order of their times.
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
