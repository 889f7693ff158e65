import NightjarCore
import NightjarMiner
import NightjarPlatform
import NightjarWire
import Synchronization

/// Notes how fast each algorithm was hashed, for pools that can be asked for a fitting difficulty.
final class RateReporter: Reporter {
    private let rate: KnownRate
    /// The algorithm of each team's present job.
    private let algorithms = Locked<[Int: Algorithm]>([:])

    init(_ rate: KnownRate) { self.rate = rate }

    func report(_ event: MinerEvent) { report(event, from: EventSource()) }

    func report(_ event: MinerEvent, from source: EventSource) {
        switch event {
        case .job(_, _, let name, _): algorithms.withLock { $0[source.team] = Algorithm.named(name) }
        case .hashrate(let total, _):
            if total > 0, let algorithm = algorithms.withLock({ $0[source.team] }) { rate[algorithm] = total }
        default: break
        }
    }
}
