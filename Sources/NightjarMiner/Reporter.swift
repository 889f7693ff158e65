import Nightjar
import NightjarCore

/// Takes the miner's events. It is called from one place at a time, and must not block for long.
package protocol Reporter: Sendable {
    func report(_ event: MinerEvent)

    /// Takes an event with its source. Without an implementation, the source is left out.
    func report(_ event: MinerEvent, from source: EventSource)
}

extension Reporter {
    package func report(_ event: MinerEvent, from source: EventSource) { report(event) }
}
