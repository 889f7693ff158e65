import Nightjar
import NightjarCore
import NightjarWire

/// A share that reached a new state.
package struct ShareReport: Sendable, Hashable {
    /// The share's number in the ledger.
    package let id: Int64
    package let job: String
    package let device: String
    /// The job's difficulty, in the pool's unit.
    package let difficulty: PoolDifficulty
    package let state: ShareState
    /// The pool's words, verbatim, or Nightjar's own.
    package let reason: String?
    /// From submission to the answer, in milliseconds.
    package let latency: Int64?
    /// From the device's find to the submission, in milliseconds; for a share that is submitted just now.
    package let waited: Double?
    /// The highest difficulty that the share meets; `nil` where it is not known.
    package let met: PoolDifficulty?

    package init(
        id: Int64, job: String, device: String, difficulty: PoolDifficulty, state: ShareState, reason: String? = nil,
        latency: Int64? = nil, waited: Double? = nil, met: PoolDifficulty? = nil
    ) {
        self.id = id
        self.job = job
        self.device = device
        self.difficulty = difficulty
        self.state = state
        self.reason = reason
        self.latency = latency
        self.waited = waited
        self.met = met
    }
}
