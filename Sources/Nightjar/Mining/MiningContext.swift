import NightjarCore

/// The things that all parts of a mining run share. They are passed on as one value, so that a new one is named once.
struct MiningContext: Sendable {
    let board: JobBoard
    let verifier: Verifier
    let preparer: EpochPreparer
    let events: EventChannel<MiningEvent>
    /// CPU lanes asked for; `nil` leaves the choice to the backend.
    let threads: Int?
    /// Whether lanes settle on each new seed, because many hashes of it will be made.
    let settles: Bool
    /// The time between two audits of a device.
    let auditInterval: Duration
    /// The rules for devices that fail.
    let recovery: Recovery
}
