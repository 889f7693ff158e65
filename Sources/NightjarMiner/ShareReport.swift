import Nightjar
import NightjarCore
import NightjarWire

/// A share as it reached a new state.
package struct ShareReport: Sendable, Hashable {
    /// Its number in the ledger.
    package let id: Int64
    package let job: String
    package let device: String
    /// That its job asked for, in the pool's unit.
    package let difficulty: PoolDifficulty
    package let state: ShareState
    /// The pool's words, verbatim, or ours.
    package let reason: String?
    /// From submission to the answer, in milliseconds.
    package let latency: Int64?
    /// The highest difficulty that it would have met; `nil` where nobody says.
    package let met: PoolDifficulty?

    package init(
        id: Int64, job: String, device: String, difficulty: PoolDifficulty, state: ShareState, reason: String? = nil,
        latency: Int64? = nil, met: PoolDifficulty? = nil
    ) {
        self.id = id
        self.job = job
        self.device = device
        self.difficulty = difficulty
        self.state = state
        self.reason = reason
        self.latency = latency
        self.met = met
    }
}
