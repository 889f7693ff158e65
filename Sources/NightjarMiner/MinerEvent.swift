import Nightjar
import NightjarCore

/// What a miner tells its user, in the order in which it happens.
package enum MinerEvent: Sendable, Hashable {
    /// The pool let us in, or the node answers.
    case connected(pool: String)
    /// Said once an outage.
    case disconnected(pool: String, reason: String)
    case job(id: String, height: UInt64?, algorithm: String, difficulty: UInt64)
    case preparing(device: String, algorithm: String)
    /// The device has failed, and is made anew after so many seconds, for the `attempt`th time.
    case recovering(device: String, reason: String, seconds: Double, attempt: Int)
    /// The device passed its known answers; `explanation` says in words which lanes were chosen.
    case ready(device: String, lanes: Int, explanation: [String])
    /// The device fills a RandomX dataset for a new seed, and mines afterwards: 0, 25, 50, 75, 100.
    case settling(device: String, percent: Int)
    /// How far that is, in percent, each time it moves: for those who draw it. ``settling(device:percent:)`` is said
    /// too.
    case progress(device: String, percent: Int)
    /// The lanes rest, for these reasons; said each time that the first comes or the set changes.
    case paused([PauseReason])
    /// No reason to rest is left.
    case resumed
    /// Something that is worth a line, and is nothing wrong.
    case notice(String)
    /// Something about a device that mines, one sentence.
    case remark(device: String, String)
    case share(ShareReport)
    /// Hashes per second since the last report, by device in the order in which they are listed; `total` is their sum.
    case hashrate(total: Double, devices: [DeviceRate])
    /// Something that the user should know and that did not end the run.
    case error(String)
    /// Always the last.
    case summary(MinerSummary)

    package struct DeviceRate: Sendable, Hashable {
        package let device: String
        package let hashrate: Double
        /// What the CPU has checked of its work since the start; `nil` where nobody says.
        package let health: DeviceHealth?

        package init(device: String, hashrate: Double, health: DeviceHealth? = nil) {
            self.device = device
            self.hashrate = hashrate
            self.health = health
        }
    }
}

/// A share as it reached a new state.
package struct ShareReport: Sendable, Hashable {
    /// Its number in the ledger.
    package let id: Int64
    package let job: String
    package let device: String
    package let difficulty: UInt64
    package let state: ShareState
    /// The pool's words, verbatim, or ours.
    package let reason: String?
    /// From submission to the answer, in milliseconds.
    package let latency: Int64?
    /// The highest difficulty that it would have met; `nil` where nobody says.
    package let met: UInt64?

    package init(
        id: Int64, job: String, device: String, difficulty: UInt64, state: ShareState, reason: String? = nil,
        latency: Int64? = nil, met: UInt64? = nil
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

/// What became of a run. `found` is the sum of the four final states and ``unaccounted``.
package struct MinerSummary: Sendable, Hashable {
    package var found = 0
    package var accepted = 0
    package var rejected = 0
    package var stale = 0
    package var expired = 0
    package var hashes: UInt64 = 0
    package var seconds = 0.0

    package init() {}

    /// Shares whose fate nobody wrote down: zero, or the miner has a defect.
    package var unaccounted: Int { found - accepted - rejected - stale - expired }

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

/// Takes what the miner tells. Called from one place at a time, and must not block for long.
package protocol Reporter: Sendable {
    func report(_ event: MinerEvent)
}
