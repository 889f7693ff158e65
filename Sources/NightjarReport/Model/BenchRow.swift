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
    package var joulesPerHash: Double?
    /// `nvml`, `rapl`, `hwmon`, `battery` or `typed`.
    package var powerSource: String?

    package init(algorithm: String, device: String, deviceName: String) {
        self.algorithm = algorithm
        self.device = device
        self.deviceName = deviceName
        hashes = 0
        seconds = 0
        isVerified = false
        explanation = []
        samples = []
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
    package mutating func summarise() {
        guard !samples.isEmpty else { return }
        let rates = samples.map(\.rate)
        hashrate = isVerified ? SampleStatistics.median(rates) : nil
        interval = isVerified ? Bootstrap.medianInterval(rates) : nil
        let joules = samples.compactMap(\.joules)
        // Part of the energy is no energy.
        if joules.count == samples.count, hashes > 0 { joulesPerHash = joules.reduce(0, +) / Double(hashes) }
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

    package init(start: Double, seconds: Double, hashes: UInt64, joules: Double? = nil, temperature: Double? = nil) {
        self.start = start
        self.seconds = seconds
        self.hashes = hashes
        self.joules = joules
        self.temperature = temperature
    }

    /// Hashes per second.
    package var rate: Double { Double(hashes) / seconds }
}
