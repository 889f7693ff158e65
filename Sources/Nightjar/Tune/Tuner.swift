import NightjarCPU
import NightjarCore
import NightjarDevices
import NightjarPlatform

/// One search: from the defaults uphill, a knob at a time, as long as there is time.
struct Tuner: Sendable {
    let algorithm: Algorithm
    let device: DeviceID
    let seconds: Double
    let verifier: CPUBackend
    let isCancelled: @Sendable () -> Bool
    let progress: @Sendable (TuneProgress) -> Void

    /// Faster by less is noise.
    private static let gain = 1.02
    /// Slower by more is not noise.
    private static let loss = 0.9
    /// The part of the time that one measurement takes.
    private static let share = 1.0 / 40
    /// A new job waits for the batch in hand: longer batches, in seconds, are not tried for...
    private static let longestBatch = 3.0
    /// ...except that a batch may take this many times as long as one of the defaults.
    private static let longerBatch = 1.5
    /// Digests of each setting that are compared with the CPU's.
    private static let compared = 4
    /// The most pairs of measurements, best and default in turns, that decide in the end.
    private static let pairs = 3

    private var begin = ContinuousClock.now
    private var expected: [Digest] = []
    private var measurements: [TuneResult.Measurement] = []
    private var best: (settings: TuningSettings, rate: Double)?
    /// Seconds of the longest batch that is measured to the end; a batch of the defaults may take any time.
    private var batchLimit = Double.infinity
    /// Hashes that all lanes of the last plan have under way.
    private var hashesAtOnce = 0
    /// Seconds of the shortest measurement so far, with all that belongs to it.
    private var shortest = Double.infinity
    private var lastFault: NightjarError?
    /// Whether the search is over, and the best is measured against the defaults.
    private var isDeciding = false

    init(
        algorithm: Algorithm, device: DeviceID, seconds: Double, verifier: CPUBackend,
        isCancelled: @escaping @Sendable () -> Bool, progress: @escaping @Sendable (TuneProgress) -> Void
    ) {
        self.algorithm = algorithm
        self.device = device
        self.seconds = seconds
        self.verifier = verifier
        self.isCancelled = isCancelled
        self.progress = progress
    }

    mutating func run(_ backend: (any Backend)?) -> TuneResult {
        guard let backend else { return failed(fault("there is no such device")) }
        if case .unsupported(let reason) = backend.support(for: algorithm, on: device) {
            return failed(NightjarError(device: device, reason: reason, code: .unsupported))
        }
        guard let backend = backend as? any TunableBackend else {
            return nothing("its lanes measure for themselves how many hashes to have in hand, each time they start")
        }
        let knobs = backend.knobs(algorithm, on: device)
        guard !knobs.isEmpty else { return nothing("this device leaves no choice") }
        do {
            let defaults = backend.defaultSettings(algorithm, on: device)
            let work = try KnownAnswers.benchmark(algorithm)
            expected = try digests(verifier.lane(algorithm), work)
            begin = .now
            guard let first = measure(backend, defaults, work, "the defaults") else {
                return failed(lastFault ?? .cancelled)
            }
            best = (defaults, first)
            batchLimit = max(Self.longestBatch, Self.longerBatch * Double(hashesAtOnce) / first)
            climb(backend, knobs, defaults, work)
            return try decide(backend, defaults, work)
        } catch {
            return failed(NightjarError(error, on: device))
        }
    }

    /// Part of the time is left for the end.
    private var isTimeUp: Bool {
        isCancelled() || spent > seconds - min(seconds / 2, Double(2 * Self.pairs) * shortest)
    }
    private var spent: Double { (ContinuousClock.now - begin) / .seconds(1) }

    private mutating func climb(
        _ backend: any TunableBackend, _ knobs: [TuningKnob], _ defaults: TuningSettings, _ work: Work
    ) {
        var known: Set<TuningSettings> = [defaults]
        var hasGained = true
        while hasGained, !isTimeUp {
            hasGained = false
            for knob in knobs {
                for isUp in [true, false] {
                    // One value that is no faster may be noise: stop after two in a row, or after one that is clearly
                    // slower. A smaller batch may be slower, and a still smaller one faster, because it fits a cache.
                    var misses = 0
                    while misses < 2, !isTimeUp, let here = best?.settings[knob.name] {
                        let further =
                            isUp ? knob.values.filter { $0 > here } : knob.values.filter { $0 < here }.reversed()
                        guard misses < further.count else { break }
                        var settings = best?.settings ?? defaults
                        settings[knob.name] = further[misses]
                        misses += 1
                        guard known.insert(settings).inserted else { continue }
                        let words = "\(knob.name) \(settings[knob.name] ?? 0)"
                        let rate = measure(backend, settings, work, words) ?? 0
                        let before = best?.rate ?? 0
                        if rate > before * Self.gain {
                            best = (settings, rate)
                            hasGained = true
                            misses = 0
                        } else if rate < before * Self.loss, isUp || knob.name != "batch" {
                            break
                        }
                    }
                }
            }
        }
    }

    /// Measures the best against the defaults, in turns, so that what changed on the machine meanwhile changes both.
    private mutating func decide(
        _ backend: any TunableBackend, _ defaults: TuningSettings, _ work: Work
    ) throws -> TuneResult {
        guard !isCancelled() else { return failed(.cancelled) }
        var chosen = (settings: best?.settings ?? defaults, rate: best?.rate ?? 0)
        var plain = chosen.rate
        let count = measurements.count
        var gain: TuneResult.Gain?
        if chosen.settings != defaults {
            var (ratios, rates): ([Double], [Double]) = ([], [])
            isDeciding = true
            while ratios.count < Self.pairs, !Self.areClear(ratios) {
                // Each of the two comes first in every other pair: what grows during a pair favours neither.
                let isBestFirst = ratios.count.isMultiple(of: 2)
                var rate = isBestFirst ? measure(backend, chosen.settings, work, "the best again") : nil
                guard let other = measure(backend, defaults, work, "the defaults again") else {
                    return failed(isCancelled() ? .cancelled : lastFault ?? fault("the defaults failed"))
                }
                if !isBestFirst { rate = measure(backend, chosen.settings, work, "the best again") }
                rates.append(other)
                ratios.append((rate ?? 0) / other)
            }
            guard !isCancelled() else { return failed(.cancelled) }
            plain = Self.median(rates)
            gain = TuneResult.Gain(ratios)
            chosen.rate = plain * (ratios.contains(0) ? 0 : Self.median(ratios))
            if chosen.rate <= plain * Self.gain { chosen = (defaults, plain) }
        }
        let explanation = Self.explanation(chosen.settings, defaults, best?.settings, gain, of: count)
        let isKept = backend.keep(chosen.settings, explanation: explanation, for: algorithm, on: device)
        return TuneResult(
            algorithm: algorithm, device: device, settings: chosen.settings, hashrate: chosen.rate,
            defaultHashrate: plain, gain: gain,
            measurements: measurements, isKept: isKept, explanation: explanation, error: nil)
    }

    /// Hashes per second; `nil` when the device cannot do it, does it wrongly, or takes too long for a batch.
    private mutating func measure(
        _ backend: any TunableBackend, _ settings: TuningSettings, _ work: Work, _ words: String
    ) -> Double? {
        // In the end, the best rate of the search is what is in doubt.
        progress(
            TuneProgress(fraction: min(1, spent / seconds), trying: words, best: isDeciding ? nil : best?.rate))
        let before = spent
        let rate = rate(backend, settings, work)
        shortest = min(shortest, spent - before)
        measurements.append(TuneResult.Measurement(settings: settings, hashrate: rate))
        return rate
    }

    private mutating func rate(_ backend: any TunableBackend, _ settings: TuningSettings, _ work: Work) -> Double? {
        let isDefault = settings == backend.defaultSettings(algorithm, on: device)
        do {
            let plan = try backend.plan(algorithm, on: device, settings: settings)
            hashesAtOnce = plan.lanes.count * (plan.facts.hashesAtOnce ?? 0)
            let timer = LaneTimer(
                name: "\(settings)", algorithm: algorithm, device: device, expected: expected,
                seconds: seconds * Self.share,
                hopeless: Self.loss * (best?.rate ?? 0) / Double(max(1, plan.lanes.count)),
                longestBatch: isDefault ? .infinity : batchLimit, isCancelled: isCancelled)
            let rates = Monitor<[Double?]>([])
            let group = try LaneGroup(
                plan, device: device, algorithm: algorithm, settles: true, work: work,
                settling: Settling(isCancelled: isCancelled), provesItself: false
            ) { _, lane in
                let rate = try timer.rate(of: lane)
                rates.withLock { $0.append(rate) }
            }
            defer { group.join() }
            guard case .ready = group.waitUntilPrepared() else {
                group.cancel()
                group.join()
                guard let failure = group.failure else { throw NightjarError.cancelled }
                throw failure
            }
            group.release()
            group.join()
            if let failure = group.failure { throw failure }
            // Its digests were the CPU's.
            backend.acquit(device)
            let all = rates.withLock { $0 }.compactMap(\.self)
            return all.count == group.plan.lanes.count ? all.reduce(0, +) : nil
        } catch {
            // What failed may have spoilt the context; the next lane gets a new one. It was the settings' fault, unless
            // they are the defaults.
            let error = NightjarError(error, on: device)
            lastFault = error
            if isDefault {
                backend.letGo(of: device, after: error)
            } else {
                backend.reset(device)
            }
            return nil
        }
    }

    private func digests(_ lane: any Lane, _ work: Work) throws -> [Digest] {
        try lane.prepare(work)
        var digests = [Digest](repeating: Digest(), count: Self.compared)
        try digests.withUnsafeMutableBufferPointer { buffer in
            for first in stride(from: 0, to: Self.compared, by: lane.batch) {
                let end = min(Self.compared, first + lane.batch)
                try lane.digests(
                    UInt64(first)..<UInt64(end), into: UnsafeMutableBufferPointer(rebasing: buffer[first..<end]))
            }
        }
        return digests
    }

    private func nothing(_ reason: String) -> TuneResult {
        TuneResult(
            algorithm: algorithm, device: device, settings: nil, hashrate: nil, defaultHashrate: nil, gain: nil,
            measurements: [], isKept: false, explanation: "nothing to tune: \(reason)", error: nil)
    }

    private func fault(_ reason: String) -> NightjarError { NightjarError(device: device, reason: reason) }

    func failed(_ error: NightjarError) -> TuneResult {
        TuneResult(
            algorithm: algorithm, device: device, settings: nil, hashrate: nil, defaultHashrate: nil, gain: nil,
            measurements: measurements, isKept: false, explanation: "", error: error)
    }

    /// Whether two pairs or more tell clearly that the best is faster, or that it is not.
    ///
    /// - Parameter ratios: of a pair's rates, the best's to the defaults'.
    private static func areClear(_ ratios: [Double]) -> Bool {
        ratios.count >= 2 && (ratios.allSatisfy { $0 * loss > 1 } || ratios.allSatisfy { $0 <= 1 })
    }

    private static func median(_ rates: [Double]) -> Double {
        let sorted = rates.sorted()
        return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
    }

    /// One line for people.
    ///
    /// - Parameters:
    ///   - best: the best settings of the search.
    ///   - gain: theirs, when they were measured again.
    ///   - count: how many measurements the search made.
    private static func explanation(
        _ chosen: TuningSettings, _ defaults: TuningSettings, _ best: TuningSettings?, _ gain: TuneResult.Gain?,
        of count: Int
    ) -> String {
        guard let best, let gain else {
            return "tuned: the defaults (\(defaults)) are as fast as any of \(count) settings"
        }
        guard chosen == defaults else {
            return "tuned: \(difference(chosen, defaults)), \(gain) times the defaults' speed, "
                + "the best of \(count) settings"
        }
        return "tuned: the defaults (\(defaults)) are as fast as any of \(count) settings: "
            + "\(difference(best, defaults)) has \(gain) times their speed"
    }

    /// "groupLoop 32 instead of 16".
    private static func difference(_ settings: TuningSettings, _ defaults: TuningSettings) -> String {
        settings.values.sorted { $0.key < $1.key }.filter { defaults[$0.key] != $0.value }
            .map { "\($0.key) \($0.value) instead of \(defaults[$0.key] ?? 0)" }.joined(separator: ", ")
    }
}
