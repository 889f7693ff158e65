import Nightjar
import NightjarCore
import NightjarPlatform
import NightjarReport

/// Measures pairs of algorithms and devices: warm-up, then samples in turn.
struct BenchMeasurement: Sendable {
    /// How long, and how often.
    struct Limits: Sendable {
        /// A fixed number of hashes, in one sample.
        var hashes: Int?
        /// Seconds of a sample.
        var sampleSeconds: Double
        var repetitions: Int
        /// Seconds of samples for each pair, while its interval is wide.
        var budgetPerPair: Double
        /// The most seconds of a warm-up.
        var warmup: Double
    }

    let limits: Limits
    let settings: TuningSettings?
    let power: BenchPower
    let progress: BenchProgress

    /// The most samples of a pair.
    private static let mostRepetitions = 50

    /// A pair with its lanes, and what was measured of it.
    private final class Subject {
        let pair: AlgorithmOnDevice
        let number: Int
        var session: BenchSession?
        var samples: [BenchSample] = []
        /// Why it ran slower than it could; `nil` while it does not tell.
        var throttle: [String]?
        var warmup: Double?

        init(_ pair: AlgorithmOnDevice, number: Int) {
            self.pair = pair
            self.number = number
        }

        func note(throttle more: [String]?) {
            guard let more else { return }
            throttle = (throttle ?? []) + more.filter { !(throttle ?? []).contains($0) }
        }
    }

    /// A result, and what the engine says beside it.
    struct Measured: Sendable {
        var row: BenchRow
        var outcome: BenchOutcome
    }

    /// Measures a group of pairs, which stand ready at the same time. It blocks its thread.
    ///
    /// - Parameters:
    ///   - numbers: that of the first pair, from 1, and of all pairs.
    ///   - begin: the time from which samples count their start.
    ///   - time: what is left of the whole benchmark.
    func measure(
        _ pairs: [AlgorithmOnDevice], numbers: (first: Int, all: Int), since begin: ContinuousClock.Instant,
        _ time: TimeLeft, _ engine: EngineCore, _ cancellation: Cancellation
    ) -> [Measured] {
        let subjects = pairs.enumerated().map { Subject($1, number: numbers.first + $0) }
        func head(_ subject: Subject) -> String {
            "[\(subject.number)/\(numbers.all)] \(subject.pair.algorithm) on \(subject.pair.device)"
        }
        for subject in subjects {
            progress.begin(head(subject), "setting up" + time.words(group: subjects.count))
            let progress = progress
            subject.session = engine.benchSession(
                subject.pair.algorithm, on: subject.pair.device, hashes: limits.hashes.map { UInt64($0) },
                settings: settings, cancellation: cancellation, progress: { progress.hashes($0) },
                setup: { progress.dataset($0) })
        }
        if limits.hashes == nil {
            for subject in subjects { warmUp(subject, head(subject), time.words(group: subjects.count)) }
        }
        takeSamples(subjects, since: begin, time, head)
        return subjects.map { subject in
            guard let outcome = subject.session?.end() else { preconditionFailure("each subject got a session") }
            return Measured(row: row(outcome, subject), outcome: outcome)
        }
    }

    private func warmUp(_ subject: Subject, _ head: String, _ timeLeft: String) {
        guard let session = subject.session else { return }
        var warm = WarmUp(most: limits.warmup)
        while session.isReady, !warm.isWarm {
            progress.begin(head, "warming up\(timeLeft)")
            guard let window = session.measure(.seconds(limits.sampleSeconds / 2), counts: false) else { return }
            warm.note(rate: window.rate, seconds: window.seconds, isComparing: session.isComparing)
        }
        subject.warmup = warm.seconds
    }

    private func takeSamples(
        _ subjects: [Subject], since begin: ContinuousClock.Instant, _ time: TimeLeft, _ head: (Subject) -> String
    ) {
        var plan = RepetitionPlan(
            subjects: subjects.count,
            limits: .init(
                repetitions: limits.repetitions, mostRepetitions: Self.mostRepetitions,
                budget: limits.budgetPerPair * Double(subjects.count)))
        while let next = plan.next {
            let subject = subjects[next]
            // Before the first sample nothing is known of this group.
            let left = subject.samples.isEmpty ? nil : plan.secondsLeft
            let words = time.words(group: subjects.count, left: left)
            progress.begin(head(subject), "measuring \(subject.samples.count + 1)\(words)")
            let length = limits.hashes.map(BenchLength.hashes) ?? .seconds(limits.sampleSeconds)
            // A fast device has nonces for all repetitions.
            let most = limits.hashes == nil ? (1 << 32) / UInt64(2 * limits.repetitions) : .max
            let mark = power.mark(subject.pair.device)
            guard let session = subject.session, session.noncesLeft > 0,
                let window = session.measure(length, most: most), window.hashes > 0, window.seconds > 0
            else {
                plan.stop(next)
                continue
            }
            let reading = power.reading(subject.pair.device, since: mark, seconds: window.seconds)
            subject.note(throttle: reading.sensors.throttle)
            subject.samples.append(
                BenchSample(
                    start: (window.start - begin) / .seconds(1), seconds: window.seconds, hashes: window.hashes,
                    joules: reading.joules, temperature: reading.sensors.temperature, clock: reading.sensors.clock))
            plan.note(next, rate: window.rate, seconds: window.seconds)
        }
    }

    private func row(_ outcome: BenchOutcome, _ subject: Subject) -> BenchRow {
        var row = BenchRow(
            algorithm: outcome.algorithm.name, device: outcome.device.description, deviceName: outcome.deviceName)
        row.threads = outcome.facts.lanes
        row.hashes = UInt64(outcome.hashes)
        row.seconds = outcome.seconds
        row.setupSeconds = outcome.setupSeconds
        row.datasetSeconds = outcome.datasetSeconds
        row.warmupSeconds = subject.warmup
        row.checksum = outcome.checksumHex
        // Never a speed for wrong hashes.
        row.isVerified = outcome.isVerified && outcome.hashrate != nil
        row.error = row.isVerified ? nil : outcome.error?.reason ?? "not verified"
        row.mode = outcome.randomX?.rawValue
        row.explanation = outcome.explanation + outcome.hints
        row.samples = row.isVerified ? subject.samples : []
        row.throttle = subject.throttle
        row.powerSource = power.source(of: outcome.device)
        row.summarise(idleWatts: power.idleWatts(of: outcome.device))
        return row
    }
}
