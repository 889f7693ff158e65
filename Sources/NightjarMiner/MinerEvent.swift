import Nightjar
import NightjarCore
import NightjarWire

/// What a miner reports, in order.
package enum MinerEvent: Sendable, Hashable {
    /// Always the first event. `threads` is `nil` where the engine chooses.
    case started(version: String, devices: [String], threads: Int?, pools: [String])
    /// The login succeeded, or the node answers.
    case connected(pool: String)
    /// Reported once for each outage.
    case disconnected(pool: String, reason: String, Outage = Outage())
    /// A try of the same outage failed, and the next one is to come.
    case waiting(Outage)
    case job(id: String, height: UInt64?, algorithm: String, difficulty: PoolDifficulty)
    case preparing(device: String, algorithm: String)
    /// The device has failed. It is rebuilt after this many seconds, for the `attempt`th time.
    case recovering(device: String, reason: String, seconds: Double, attempt: Int)
    /// The device passed its known answers. `explanation` tells how its lanes were chosen, and `start` the same in few
    /// words.
    case ready(device: String, lanes: Int, explanation: [String], Start = Start())
    /// The device fills a RandomX dataset for a new seed: 0, 25, 50, 75, 100 percent. It mines in full mode afterwards.
    case settling(device: String, percent: Int)
    /// The same progress at every percent, for displays that draw it. ``settling(device:percent:)`` is reported too.
    case progress(device: String, percent: Int)
    /// The lanes rest for these reasons. Reported with the first reason and whenever the set changes.
    case paused([PauseReason])
    /// No reason to rest is left.
    case resumed
    /// The run ends as soon as these devices and answers have come to their end.
    case stopping(devices: Int, answers: Int)
    /// News that is worth a line and is not an error.
    case notice(String)
    /// A remark about a device that mines, one sentence.
    case remark(device: String, String)
    case share(ShareReport)
    /// A pool's turn to have the devices of its team begins, for so many seconds of work. `weight` is "3 of 4".
    case slice(pool: String, devices: [String], seconds: Int, weight: String)
    /// Hashes per second since the last report, by device in their order; `total` is their sum.
    case hashrate(total: Double, devices: [DeviceRate])
    /// An error that did not end the run.
    case error(String)
    /// Always the last event.
    case summary(MinerSummary)

    /// How a device began to work.
    package struct Start: Sendable, Hashable {
        /// How long it took; `nil` where that is not known.
        package let seconds: Double?
        /// As in `2 threads × 4 hashes, huge pages`.
        package let words: String?
        /// The processing units to which the CPU's lanes are bound, ascending.
        package let units: [Int]

        package init(seconds: Double? = nil, words: String? = nil, units: [Int] = []) {
            self.seconds = seconds
            self.words = words
            self.units = units
        }
    }

    package struct DeviceRate: Sendable, Hashable {
        package let device: String
        package let hashrate: Double
        /// The CPU's checks of the device since the start; `nil` where they are not known.
        package let health: DeviceHealth?

        package init(device: String, hashrate: Double, health: DeviceHealth? = nil) {
            self.device = device
            self.hashrate = hashrate
            self.health = health
        }
    }
}
