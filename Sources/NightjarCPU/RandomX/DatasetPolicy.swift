/// When a dataset is worth building for a seed.
///
/// At once for a seed that is new. One that was left before may be left again, by a pool that flips between two: it
/// gets a dataset once it has stood for as long as building one takes. Until then the lanes are light, and the other
/// seed's dataset stays where it is, to be there when that comes back. Whatever the pool does, this loses no more than
/// twice what a miner loses that knows the future.
package struct DatasetPolicy<Key: Hashable & Sendable>: Sendable {
    /// How long building a dataset took the last time; a guess before the first.
    package private(set) var buildTime = Duration.seconds(10)
    /// Seeds whose datasets gave way to others, the last one at the end.
    private var left: [Key] = []
    private var standing: (key: Key, since: ContinuousClock.Instant)?
    /// Pools that go around between more seeds than this are not known.
    private static var remembered: Int { 8 }

    package init() {}

    /// Notes that lanes want `key`.
    ///
    /// - Returns: how long to wait with building it; zero or less means not at all.
    package mutating func delay(for key: Key, now: ContinuousClock.Instant) -> Duration {
        if standing?.key != key { standing = (key, now) }
        guard left.contains(key), let since = standing?.since else { return .zero }
        return buildTime - (now - since)
    }

    /// A dataset, finished or not, gives way to another.
    package mutating func leave(_ key: Key) {
        left.removeAll { $0 == key }
        left.append(key)
        if left.count > Self.remembered { left.removeFirst() }
    }

    /// A whole dataset was built in one go, in so long.
    package mutating func built(in time: Duration) { buildTime = time }
}
