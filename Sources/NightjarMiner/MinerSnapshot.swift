import Nightjar
import NightjarCore
import NightjarPlatform
import NightjarWire

/// Everything that is shown of a run, at one moment. It is a value, so that showing it blocks nothing.
package struct MinerSnapshot: Sendable {
    /// Hashes per second over each window; `nil` until the run is as old as the window.
    package struct Rates: Sendable, Hashable {
        package var tenSeconds: Double?
        package var minute: Double?
        package var quarterHour: Double?
        /// The highest value of ``tenSeconds`` so far.
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
        /// The device's name, as ``DeviceID`` writes it.
        package var id: String
        package var name: String
        /// `cpu`, `gpu` or `accelerator`.
        package var kind: String
        /// The algorithm that it mines or prepares; `nil` before the first job.
        package var algorithm: String?
        package var lanes = 0
        /// The processing units to which the CPU's lanes are bound, by the system's index, ascending; empty for others.
        package var units: [Int] = []
        /// Why it has these lanes, one sentence each.
        package var explanation: [String] = []
        package var rates = Rates()
        /// Hashes since the start.
        package var hashes: UInt64 = 0
        /// How long it has prepared and filled datasets.
        package var setUpSeconds = 0.0
        /// How long it has worked: without its set-up, pauses, outages and waits for a job.
        package var workSeconds = 0.0
        package var health: DeviceHealth?
        package var found = 0
        package var accepted = 0
        package var rejected = 0
        /// Degrees Celsius; `nil` without a sensor, never 0.
        package var temperature: Double?
        package var sensors = CardReadings()
        package var power = PowerWatch.Finding()
        /// OpenCL compute units; `nil` where they are not known.
        package var computeUnits: Int?
        /// Bytes of memory; `nil` where they are not known.
        package var memory: UInt64?
        /// Where the card is on the PCI bus; `nil` where it is not known.
        package var pciAddress: String?
        /// The progress of its preparation in percent; `nil` when it works, or when the progress is not known.
        package var progress: Int?

        /// Hashes per second while it worked; `nil` before it has.
        package var average: Double? { workSeconds > 0 ? Double(hashes) / workSeconds : nil }

        package init(id: String, name: String, kind: String) {
            self.id = id
            self.name = name
            self.kind = kind
        }
    }

    package struct Connection: Sendable {
        /// Host and port of the upstream in use or being tried; no credentials.
        package var pool: String
        package var isConnected = false
        /// Seconds; 0 while not connected.
        package var connectedFor = 0.0
        /// Seconds since the outage began; `nil` while connected, and before the first failure.
        package var awayFor: Double?
        /// Seconds until the next try; `nil` while connected or trying.
        package var nextTry: Double?
        /// The number of lost or refused connections since the start.
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

    /// Devices that work together, and their connection to pools of their own.
    package struct Team: Sendable {
        package let number: Int
        /// The names of its devices.
        package var devices: [String]
        package var connection: Connection
        /// Its shares; hashes and seconds are the run's alone.
        package var summary = MinerSummary()
        /// The pool that has its devices for now, where pools share them by weight.
        package var turn: Turn?

        package init(number: Int, devices: [String], connection: Connection) {
            self.number = number
            self.devices = devices
            self.connection = connection
        }
    }

    package struct Turn: Sendable, Hashable {
        package let pool: String
        /// The length of the turn when it began.
        package let seconds: Int
        /// `3 of 4`.
        package let weight: String
    }

    /// An error that did not end the run.
    package struct Problem: Sendable, Hashable {
        /// When it was last reported.
        package var time: Timestamp
        package var text: String
        /// How often it was reported in a row.
        package var count: Int

        package init(time: Timestamp, text: String, count: Int = 1) {
            self.time = time
            self.text = text
            self.count = count
        }
    }

    package struct RateSample: Sendable, Hashable {
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
    /// The power of all devices together, in watts; `nil` where that of one is not known.
    package var watts: Double?
    /// The reasons to rest, as ``PauseReason``'s names in a fixed order; empty while it mines.
    package var pausedBecause: [String] = []
    /// Whether the run is coming to its end.
    package var isStopping = false
    package var devices: [Device] = []
    /// Rates of all devices together.
    package var rates = Rates()
    /// The teams of the run, never empty; a run without pools for single devices has one.
    package var teams: [Team]
    /// The counts so far.
    package var summary = MinerSummary()
    /// The ten highest difficulties that found shares met, descending.
    package var best: [PoolDifficulty] = []
    /// The last 32 problems, oldest first.
    package var problems: [Problem] = []
    /// One sample every ten seconds, oldest first, for at most the last 24 hours.
    package var history: [RateSample] = []

    /// Why no file has the run's shares; `nil` when one has.
    package var historyFault: String?

    package init(startedAt: Timestamp, connection: Connection) {
        self.startedAt = startedAt
        teams = [Team(number: 0, devices: [], connection: connection)]
    }

    /// The first team's connection.
    package var connection: Connection {
        get { teams[0].connection }
        set { teams[0].connection = newValue }
    }

    /// Whether any team has a connection.
    package var isConnected: Bool { teams.contains { $0.connection.isConnected } }

    /// The devices of a team, in order. A team without a list has all devices.
    package func devices(of team: Team) -> [Device] {
        teams.count == 1 ? devices : devices.filter { team.devices.contains($0.id) }
    }
}
