import Nightjar
import NightjarCore

/// What the miner needs of the engine: lanes that work on the newest job, and what they find.
///
/// The engine's ``Nightjar/Mining`` is the one that hashes; the protocol lets tests say what is found and when.
package protocol Hashing: Sendable {
    /// Replaces the job; `nil` pauses the lanes.
    func setJob(_ job: Job?)
    /// What the lanes report, for one consumer. Ends after ``stop()``.
    var events: AsyncStream<MiningEvent> { get }
    /// Hashes done since the start, by device.
    func hashCounts() -> [(device: DeviceID, hashes: UInt64)]
    /// How far each device can be trusted.
    func health() -> [DeviceHealth]
    /// Ends the lanes, verifies what they found so far, then finishes `events`.
    func stop() async
}

extension Mining: Hashing {}
