import Nightjar
import NightjarCore

/// What the miner needs from the engine: lanes that work on the newest job, and their finds.
///
/// The engine's ``Nightjar/Mining`` hashes. The protocol lets tests decide what is found and when.
package protocol Hashing: Sendable {
    /// Replaces the job; `nil` pauses the lanes.
    func setJob(_ job: Job?)
    /// Shares of these jobs are worth nothing from now on: what is found for them is reported as stale, and not
    /// verified. Replaces the set of the last call.
    func giveUp(_ jobs: Set<JobID>)
    /// The lanes' reports, for one consumer. The stream ends after ``stop()``.
    var events: AsyncStream<MiningEvent> { get }
    /// Hashes since the start, by device.
    func hashCounts() -> [(device: DeviceID, hashes: UInt64)]
    /// How often each device was checked, and how often it was wrong.
    func health() -> [DeviceHealth]
    /// Ends the lanes, verifies what they found so far, then finishes `events`.
    func stop() async
}

extension Mining: Hashing {}
