import Nightjar
import NightjarCore

/// The counts of a run. `found` is the sum of the four final states and ``unaccounted``.
package struct MinerSummary: Sendable, Hashable {
    package var found = 0
    package var accepted = 0
    package var rejected = 0
    package var stale = 0
    package var expired = 0
    package var hashes: UInt64 = 0
    package var seconds = 0.0

    package init() {}

    /// Shares that have not ended. After a run it must be zero; anything else is a defect of the miner.
    package var unaccounted: Int { found - accepted - rejected - stale - expired }

    /// Adds the counts of another team.
    mutating func add(_ other: MinerSummary) {
        found += other.found
        accepted += other.accepted
        rejected += other.rejected
        stale += other.stale
        expired += other.expired
        hashes += other.hashes
    }

    /// Counts a share that ended.
    mutating func count(_ state: ShareState) {
        switch state {
        case .accepted: accepted += 1
        case .rejected: rejected += 1
        case .stale: stale += 1
        case .expired: expired += 1
        case .found, .submitted: break
        }
    }
}
