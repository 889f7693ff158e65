import Nightjar
import NightjarCore
import NightjarWire

/// Everything that is shown of a run, at one moment. A value: whoever shows it holds nobody up.
package struct MinerSnapshot: Sendable {
    /// Hashes per second; `nil` until there has been as much of the run as the window is long.
    package struct Rates: Sendable, Hashable {
        package var tenSeconds: Double?
        package var minute: Double?
        package var quarterHour: Double?
        /// The highest that ``tenSeconds`` has been.
        package var highest: Double?

        package init(
            tenSeconds: Double? = nil, minute: Double? = nil, quarterHour: Double? = nil, highest: Double? = nil
        ) {
            self.tenSeconds = tenSeconds
            self.minute = minute
            self.quarterHour = quarterHour
            self.highest = highest
        }
    }

    package struct Device: Sendable {
        /// As ``DeviceID`` writes it.
        package var id: String
        package var name: String
        /// `cpu`, `gpu` or `accelerator`.
        package var kind: String
        /// What it mines or prepares for; `nil` before the first job.
        package var algorithm: String?
        package var lanes = 0
        /// How its lanes were chosen, one sentence each.
        package var explanation: [String] = []
        package var rates = Rates()
        /// Since the start.
        package var hashes: UInt64 = 0
        package var health: DeviceHealth?
        package var found = 0
        package var accepted = 0
        package var rejected = 0
        /// Degrees Celsius; `nil` where nobody tells, never 0.
        package var temperature: Double?
        /// What it is getting ready, from 0 to 100; `nil` when it is at work, or nobody can say how far it is.
        package var progress: Int?

        package init(id: String, name: String, kind: String) {
            self.id = id
            self.name = name
            self.kind = kind
        }
    }

    package struct Connection: Sendable {
        /// Host and port of the one in use or being tried; no credentials.
        package var pool: String
        package var isConnected = false
        /// Seconds; 0 while not connected.
        package var connectedFor = 0.0
        /// Connections that were lost or refused since the start.
        package var failures = 0
        package var algorithm: String?
        package var difficulty: PoolDifficulty?
        package var height: UInt64?
        package var job: String?
        /// `TLSv1.3`, for example; `nil` without TLS.
        package var tls: String?
        /// SHA-256 of the pool's certificate, lower-case hex.
        package var tlsFingerprint: String?
        /// The median of the last answers to shares, in milliseconds.
        package var latency: Int64?

        package init(pool: String) { self.pool = pool }
    }

    /// Something that went wrong and did not end the run.
    package struct Problem: Sendable, Hashable {
        /// When it was last said.
        package var time: Timestamp
        package var text: String
        /// How often it was said in a row.
        package var count: Int

        package init(time: Timestamp, text: String, count: Int = 1) {
            self.time = time
            self.text = text
            self.count = count
        }
    }

    package struct Sample: Sendable, Hashable {
        package var time: Timestamp
        /// Hashes per second over the ten seconds before.
        package var total: Double

        package init(time: Timestamp, total: Double) {
            self.time = time
            self.total = total
        }
    }

    package var startedAt: Timestamp
    /// Seconds since the start.
    package var uptime = 0.0
    /// Empty while it mines; otherwise why it does not, by ``PauseReason``'s names, in a fixed order.
    package var pausedBecause: [String] = []
    package var devices: [Device] = []
    /// Of all devices together.
    package var rates = Rates()
    package var connection: Connection
    /// So far.
    package var summary = MinerSummary()
    /// The ten highest difficulties that found shares met, descending.
    package var best: [PoolDifficulty] = []
    /// The last 32, oldest first.
    package var problems: [Problem] = []
    /// One each ten seconds, oldest first, the last 24 hours at most.
    package var history: [Sample] = []

    package init(startedAt: Timestamp, connection: Connection) {
        self.startedAt = startedAt
        self.connection = connection
    }
}
