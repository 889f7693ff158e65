import NightjarCore
import NightjarMiner
import NightjarPlatform
import NightjarWire
import Synchronization

/// Notes how fast each algorithm was hashed, for pools that can be asked for a fitting difficulty.
final class RateReporter: Reporter {
    private let rate: KnownRate
    /// The algorithm of the present job.
    private let algorithm = Locked<Algorithm?>(nil)

    init(_ rate: KnownRate) { self.rate = rate }

    func report(_ event: MinerEvent) {
        switch event {
        case .job(_, _, let name, _): algorithm.withLock { $0 = Algorithm.named(name) }
        case .hashrate(let total, _):
            if total > 0, let algorithm = algorithm.withLock({ $0 }) { rate[algorithm] = total }
        default: break
        }
    }
}
