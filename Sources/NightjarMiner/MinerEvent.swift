import Nightjar
import NightjarCore
import NightjarWire

/// What a miner tells its user, in the order in which it happens.
package enum MinerEvent: Sendable, Hashable {
    /// The pool let us in, or the node answers.
    case connected(pool: String)
    /// Said once an outage.
    case disconnected(pool: String, reason: String)
    case job(id: String, height: UInt64?, algorithm: String, difficulty: PoolDifficulty)
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
