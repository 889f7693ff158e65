/// One algorithm on one device.
package struct BenchRow: Sendable, Hashable {
    package var algorithm: String
    package var device: String
    package var deviceName: String
    /// CPU threads, or streams of launches.
    package var threads: Int?
    /// Over all samples.
    package var hashes: UInt64
    package var seconds: Double
    /// Hashes per second: the median of the samples; `nil` where the hashes are not verified.
    package var hashrate: Double?
    package var setupSeconds: Double?
    package var datasetSeconds: Double?
    package var warmupSeconds: Double?
    /// 16 upper-case hex digits.
    package var checksum: String?
    package var isVerified: Bool
    package var error: String?
    /// RandomX's: `light` or `full`.
    package var mode: String?
    package var explanation: [String]
    package var samples: [BenchSample]
    /// The 95 % interval of the median.
    package var interval: ClosedRange<Double>?
    /// All that the source shows, as long as it hashes.
    package var joulesPerHash: Double?
    /// The same without what the device takes at rest; `nil` where that is not known.
    package var netJoulesPerHash: Double?
    /// The mean power of the samples; `nil` where the energy of one is not known.
    package var watts: Double?
    /// `nvml`, `rapl`, `hwmon`, `battery` or `typed`.
    package var powerSource: String?
    /// Why the device ran slower than it could, such as `power limit`, each once; `nil` where it does not tell.
    package var throttle: [String]?
    /// How near it came to what the device can do.
    package var limits: [ReachedLimit]

    package init(algorithm: String, device: String, deviceName: String) {
        self.algorithm = algorithm
        self.device = device
        self.deviceName = deviceName
        hashes = 0
        seconds = 0
        isVerified = false
        explanation = []
        samples = []
        limits = []
    }

    package var pair: MeasuredPair { MeasuredPair(algorithm, device) }

    /// The samples' hashes per second. A file of schema 1 has one speed and no samples.
    package var rates: [Double] {
        guard let hashrate else { return [] }
        return samples.isEmpty ? [hashrate] : samples.map(\.rate)
    }

    /// The samples in a few numbers; `nil` where there is no speed.
    package var summary: RateSummary? { RateSummary(rates, interval: interval) }

    /// How the samples change with time; `nil` for too few.
    package var trend: Trend? {
        hashrate == nil ? nil : Trend(times: samples.map(\.start), values: samples.map(\.rate))
    }

    /// Hashes per joule.
    package var hashesPerJoule: Double? { joulesPerHash.flatMap { $0 > 0 ? 1 / $0 : nil } }

    /// Sets what follows from the samples: the speed, its interval and the energy of a hash.
    ///
    /// - Parameter idleWatts: the device's power at rest, where it is known.
    package mutating func summarise(idleWatts: Double? = nil) {
        guard !samples.isEmpty else { return }
        let rates = samples.map(\.rate)
        hashrate = isVerified ? SampleStatistics.median(rates) : nil
        interval = isVerified ? Bootstrap.medianInterval(rates) : nil
        let joules = samples.compactMap(\.joules)
        // Part of the energy is no energy.
        guard joules.count == samples.count, hashes > 0 else { return }
        joulesPerHash = joules.reduce(0, +) / Double(hashes)
        let seconds = samples.reduce(0) { $0 + $1.seconds }
        watts = seconds > 0 ? joules.reduce(0, +) / seconds : nil
        // A device that takes less than at rest was not at rest then.
        netJoulesPerHash = idleWatts.map { (joules.reduce(0, +) - $0 * seconds) / Double(hashes) }.flatMap {
            $0 > 0 ? $0 : nil
        }
    }
}

/// One repetition.
package struct BenchSample: Sendable, Hashable {
    /// Seconds since the benchmark began.
    package var start: Double
    package var seconds: Double
    package var hashes: UInt64
    /// `nil` where nothing could be read.
    package var joules: Double?
    /// Degrees Celsius at the sample's end.
    package var temperature: Double?
    /// MHz at the sample's end.
    package var clock: Double?

    package init(
        start: Double, seconds: Double, hashes: UInt64, joules: Double? = nil, temperature: Double? = nil,
        clock: Double? = nil
    ) {
        self.start = start
        self.seconds = seconds
        self.hashes = hashes
        self.joules = joules
        self.temperature = temperature
        self.clock = clock
    }

    /// Hashes per second.
    package var rate: Double { Double(hashes) / seconds }
}

/// What was reached of a limit that was measured on the same device, or what an iteration costs.
package struct ReachedLimit: Sendable, Hashable {
    /// Such as `random 64-byte lines`.
    package var name: String
    /// Such as `lines/s`.
    package var unit: String
    /// What the hashes needed.
    package var reached: Double
    /// What the device can do; `nil` where there is nothing to compare with.
    package var measured: Double?
    /// The part of the limit that was reached.
    package var share: Double?

    /// - Parameter share: `nil` computes it.
    package init(name: String, unit: String, reached: Double, measured: Double?, share: Double? = nil) {
        self.name = name
        self.unit = unit
        self.reached = reached
        self.measured = measured
        self.share = share ?? measured.flatMap { $0 > 0 ? reached / $0 : nil }
    }
}
