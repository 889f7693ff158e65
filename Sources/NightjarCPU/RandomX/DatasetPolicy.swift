/// Decides when building a dataset for a seed is worth it.
///
/// A new seed gets a dataset at once. A seed that was left before may be left again, by a pool that switches between
/// two seeds. It gets a dataset once it has lasted as long as building one takes. Until then the lanes hash in light
/// mode, and the other seed's dataset stays for its return. Whatever the pool does, this loses at most twice what a
/// miner would lose that knows the future.
package struct DatasetPolicy<Key: Hashable & Sendable>: Sendable {
    /// How long the last build took; before the first build, a guess.
    package private(set) var buildTime = Duration.seconds(10)
    /// The seeds whose datasets were replaced, the latest last.
    private var left: [Key] = []
    private var standing: (key: Key, since: ContinuousClock.Instant)?
    /// No known pool switches between more seeds than this.
    private static var remembered: Int { 8 }

    package init() {}

    /// Notes that lanes want `key`.
    ///
    /// - Returns: how long to wait before building it; zero or less means no wait.
    package mutating func delay(for key: Key, now: ContinuousClock.Instant) -> Duration {
        if standing?.key != key { standing = (key, now) }
        guard left.contains(key), let since = standing?.since else { return .zero }
        return buildTime - (now - since)
    }

    /// Notes that a dataset, finished or not, is replaced.
    package mutating func leave(_ key: Key) {
        left.removeAll { $0 == key }
        left.append(key)
        if left.count > Self.remembered { left.removeFirst() }
    }

    /// Notes how long it took to build a whole dataset without a break.
    package mutating func built(in time: Duration) { buildTime = time }
}
