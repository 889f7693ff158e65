import NightjarCore

/// What everything in one mining run shares: handed down whole, so that a new part of it is named once.
struct MiningContext: Sendable {
    let board: JobBoard
    let verifier: Verifier
    let preparer: EpochPreparer
    let events: EventChannel<MiningEvent>
    /// CPU lanes asked for; `nil` leaves the choice to the backend.
    let threads: Int?
    /// Whether lanes settle on each new seed, being out for many hashes of it.
    let settles: Bool
    /// How often a batch of each device is looked into beyond its candidates.
    let auditInterval: Duration
    /// What is done about devices that fail.
    let recovery: Recovery
}
