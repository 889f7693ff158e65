/// What `nightjar bench` found out: everything that its JSON holds, schema 2. A file of schema 1 has the first few members
/// alone.
package struct BenchReport: Sendable, Hashable {
    /// The number that this build writes.
    package static let schema = 2

    /// Nightjar's version.
    package var version: String
    /// RFC 3339.
    package var created: String?
    /// The command line that measures this again.
    package var command: String?
    package var host: ReportHost
    package var conditions: ReportConditions?
    package var devices: [ReportDevice]
    package var results: [BenchRow]
    package var comparisons: [RateComparison]
    /// What may have disturbed the measurement, one sentence each.
    package var warnings: [String]
    /// All devices at the same time.
    package var together: TogetherRates?
    /// Speeds at other numbers of threads and batches.
    package var scan: [ScanPoint]
    package var costs: [DailyCost]
    package var baseline: BaselineComparison?

    package init(version: String, host: ReportHost, results: [BenchRow]) {
        self.version = version
        self.host = host
        self.results = results
        devices = []
        comparisons = []
        warnings = []
        scan = []
        costs = []
    }

    /// The device with this name, as the report lists it.
    package func device(_ id: String) -> ReportDevice? { devices.first { $0.id == id } }

    /// The results that have a speed.
    package var measured: [BenchRow] { results.filter { $0.hashrate != nil } }

    /// The results that have none.
    package var failed: [BenchRow] { results.filter { !$0.isVerified } }
}

/// The machine.
package struct ReportHost: Sendable, Hashable {
    package var cpu: String
    package var cores: Int?
    package var os: String
    package var hugePages: Bool?

    package init(cpu: String, cores: Int?, os: String, hugePages: Bool?) {
        self.cpu = cpu
        self.cores = cores
        self.os = os
        self.hugePages = hugePages
    }
}

/// A device, as `devices --json` shows it.
package struct ReportDevice: Sendable, Hashable {
    package var id: String
    /// `cpu`, `gpu` or `accelerator`.
    package var kind: String
    package var name: String
    package var platform: String?
    package var driver: String?
    package var computeUnits: Int?
    /// Bytes.
    package var memory: UInt64?
    package var fp64: Bool?
    /// The device that is the same piece of silicon, such as `cpu` for PoCL's.
    package var sameSiliconAs: String?
    /// Where its energy is read: `nvml`, `rapl`, `hwmon`, `battery` or `typed`.
    package var powerSource: String?
    /// The mean power before the benchmark began; `nil` where it was not measured.
    package var idleWatts: Double?
    /// The power in watts at which it holds itself back.
    package var powerLimit: Double?

    package init(id: String, kind: String, name: String) {
        self.id = id
        self.kind = kind
        self.name = name
    }
}

/// An algorithm on a device.
package struct MeasuredPair: Sendable, Hashable {
    package var algorithm: String
    package var device: String

    package init(_ algorithm: String, _ device: String) {
        self.algorithm = algorithm
        self.device = device
    }
}

/// The speed of a compared with the speed of b: ``SpeedRatio/ratio`` is a's by b's.
package struct RateComparison: Sendable, Hashable {
    package var a: MeasuredPair
    package var b: MeasuredPair
    package var ratio: SpeedRatio
    package var verdict: SpeedRatio.Verdict

    package init(_ a: MeasuredPair, _ b: MeasuredPair, _ ratio: SpeedRatio, verdict: SpeedRatio.Verdict? = nil) {
        self.a = a
        self.b = b
        self.ratio = ratio
        self.verdict = verdict ?? ratio.verdict
    }
}

/// This report compared with an earlier one.
package struct BaselineComparison: Sendable, Hashable {
    /// The earlier file's name.
    package var file: String
    package var comparisons: [RateComparison]

    package init(file: String, comparisons: [RateComparison]) {
        self.file = file
        self.comparisons = comparisons
    }
}

/// What the devices do when all of them hash at the same time.
package struct TogetherRates: Sendable, Hashable {
    package struct Part: Sendable, Hashable {
        package var pair: MeasuredPair
        /// Hashes per second.
        package var hashrate: Double

        package init(pair: MeasuredPair, hashrate: Double) {
            self.pair = pair
            self.hashrate = hashrate
        }
    }

    package struct Sum: Sendable, Hashable {
        package var algorithm: String
        package var hashrate: Double

        package init(algorithm: String, hashrate: Double) {
            self.algorithm = algorithm
            self.hashrate = hashrate
        }
    }

    package var results: [Part]
    package var sums: [Sum]

    package init(results: [Part], sums: [Sum]) {
        self.results = results
        self.sums = sums
    }
}

/// A speed at a number of threads, or of hashes a launch.
package struct ScanPoint: Sendable, Hashable {
    package var pair: MeasuredPair
    package var threads: Int?
    package var batch: Int?
    package var hashrate: Double

    package init(pair: MeasuredPair, threads: Int? = nil, batch: Int? = nil, hashrate: Double) {
        self.pair = pair
        self.threads = threads
        self.batch = batch
        self.hashrate = hashrate
    }
}

/// What a day of hashing costs, in the money of `--price`.
package struct DailyCost: Sendable, Hashable {
    package var pair: MeasuredPair
    package var perDay: Double

    package init(pair: MeasuredPair, perDay: Double) {
        self.pair = pair
        self.perDay = perDay
    }
}
