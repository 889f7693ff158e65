import Nightjar
import NightjarCore

/// Takes the miner's events. It is called from one place at a time, and must not block for long.
package protocol Reporter: Sendable {
    func report(_ event: MinerEvent)
}
