import NightjarCore
import NightjarPlatform
import Synchronization

/// How fast this machine hashes, as far as it was measured. Copies of the options share it.
package final class KnownRate: Sendable {
    private let rates = Locked<[String: Double]>([:])

    package init() {}

    /// Hashes per second; `nil` until they were measured.
    package subscript(algorithm: Algorithm) -> Double? {
        get { rates.withLock { $0[algorithm.name] } }
        set { rates.withLock { $0[algorithm.name] = newValue } }
    }
}
