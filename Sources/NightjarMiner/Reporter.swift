import Nightjar
import NightjarCore

/// Takes what the miner tells. Called from one place at a time, and must not block for long.
package protocol Reporter: Sendable {
    func report(_ event: MinerEvent)
}
