import NightjarCore
import NightjarDevices
import NightjarPlatform

/// One benchmark, run on a thread that may block.
struct BenchRun: Sendable {
    let algorithm: Algorithm
    let device: DeviceID
    let length: BenchLength
    let settings: TuningSettings?
    let randomX: RandomXMode
    let cancellation: Cancellation
    let setup: (@Sendable (Double) -> Void)?
    let progress: (@Sendable (Int) -> Void)?

    /// The state that the lanes share.
    private struct Tally {
        /// The next nonce to give out.
        var next: UInt64 = 0
        var end: UInt64
        var deadline: ContinuousClock.Instant?
        var hashes = 0
        var checksum: UInt64 = 0
    }

    /// The times at which a dataset was begun, and at which it last made progress.
    private typealias DatasetTimes = Monitor<(begin: ContinuousClock.Instant?, end: ContinuousClock.Instant?)>

    /// - Parameter empty: the outcome to fill in.
    func outcome(_ backend: (any Backend)?, threads: Int?, _ empty: BenchOutcome) -> BenchOutcome {
        var outcome = empty
        do {
            guard let backend else { throw NightjarError(device: device, reason: "there is no such device") }
            try measure(backend, threads, &outcome)
        } catch {
            let error = NightjarError(error, on: device)
            backend?.letGo(of: device, after: error)
            outcome.error = error
        }
        return outcome
    }

    private func measure(_ backend: any Backend, _ threads: Int?, _ outcome: inout BenchOutcome) throws {
        let clock = ContinuousClock()
        let begin = clock.now
        let (tally, wanted) = try demand()
        let work = try KnownAnswers.benchmark(algorithm)
        let settles = randomX.settles(algorithm, hashes: wanted)
        let dataset = DatasetTimes((nil, nil))
        let group = try LaneGroup(
            try plan(backend, threads: threads, settles: settles), device: device, algorithm: algorithm,
            settles: settles, work: work, settling: settling(dataset), isCancelled: { cancellation.isCancelled }
        ) { seat, lane in
            try hash(lane, seat, tally)
        }
        defer { group.join() }
        outcome.facts = group.facts
        outcome.explanation = group.plan.explanation
        outcome.hints = group.plan.hints
        let preparation = group.waitUntilPrepared()
        let start = clock.now
        outcome.setupSeconds = (start - begin) / .seconds(1)
        if case (let first?, let last?) = dataset.withLock({ $0 }) {
            outcome.datasetSeconds = (last - first) / .seconds(1)
        }
        if case .ready = preparation {
            backend.acquit(device)
            if algorithm.parameters.datasetPaysFrom != nil {
                outcome.randomX = settles && group.refusals.isEmpty ? .full : .light
            }
            if case .seconds(let seconds) = length {
                tally.withLock { $0.deadline = start + .nanoseconds(Int64(seconds * 1e9)) }
            }
            group.release()
            group.join()
            outcome.seconds = (clock.now - start) / .seconds(1)
            outcome.explanation += group.remarks + group.refusals
            outcome.facts = group.facts
        }
        if let failure = group.failure { throw failure }
        (outcome.hashes, outcome.checksum) = tally.withLock { ($0.hashes, $0.checksum) }
        if cancellation.isCancelled { throw NightjarError.cancelled }
        try check(outcome)
    }

    /// The nonces to hash; and their number, if it is known before.
    private func demand() throws(NightjarError) -> (Monitor<Tally>, UInt64?) {
        switch length {
        case .hashes(let count):
            guard (1...(1 << 32)).contains(count) else {
                throw .argument("a benchmark takes 1 to 2^32 hashes, not \(count)")
            }
            return (Monitor(Tally(end: UInt64(count))), UInt64(count))
        case .seconds(let seconds):
            guard seconds > 0, seconds < 1e9 else {
                throw .argument("a benchmark can't take \(seconds) seconds")
            }
            return (Monitor(Tally(end: 1 << 32)), nil)
        }
    }

    private func settling(_ dataset: DatasetTimes) -> Settling {
        Settling(
            isCancelled: { cancellation.isCancelled },
            progress: { done in
                dataset.withLock { times in
                    if times.begin == nil { times.begin = .now }
                    times.end = .now
                }
                setup?(done)
            })
    }

    /// The checksum, where this build knows what it must be.
    private func check(_ outcome: BenchOutcome) throws(NightjarError) {
        guard let checksum = outcome.checksum,
            let known = KnownAnswers.checksum(of: algorithm, hashes: UInt64(outcome.hashes)), known != checksum
        else { return }
        throw .wrongHash(
            algorithm: algorithm.name, device: device,
            reason: "the checksum over \(outcome.hashes) hashes is \(Hex.encodeUpper(checksum)), "
                + "and should be \(Hex.encodeUpper(known))")
    }

    private func plan(_ backend: any Backend, threads: Int?, settles: Bool) throws -> LanePlan {
        if case .unsupported(let reason) = backend.support(for: algorithm, on: device) {
            throw NightjarError.unsupported(algorithm: algorithm.name, device: device, reason: reason)
        }
        guard let settings else {
            return try backend.plan(algorithm, on: device, threads: threads, settles: settles)
        }
        guard let tunable = backend as? any TunableBackend else {
            throw NightjarError.argument("has no launch settings")
        }
        let known = tunable.defaultSettings(algorithm, on: device)
        if let name = settings.values.keys.sorted().first(where: { known[$0] == nil }) {
            throw NightjarError.argument("has no setting '\(name)' for \(algorithm); it has \(known)")
        }
        return try tunable.plan(algorithm, on: device, settings: settings)
    }

    private func hash(_ lane: any Lane, _ seat: LaneGroup.Seat, _ tally: Monitor<Tally>) throws {
        while !seat.isCancelled, !cancellation.isCancelled {
            let nonces = tally.withLock { tally in
                let now = tally.deadline == nil ? nil : ContinuousClock.now
                let isOver = if let deadline = tally.deadline, let now { now >= deadline } else { false }
                // However short the time, something is measured: a speed of zero says nothing.
                let end = isOver && tally.next > 0 ? tally.next : min(tally.end, tally.next + UInt64(lane.batch))
                defer { tally.next = end }
                return tally.next..<end
            }
            if nonces.isEmpty { break }
            let checksum = try lane.checksum(nonces)
            let done = tally.withLock { tally in
                tally.hashes += nonces.count
                tally.checksum ^= checksum
                return tally.hashes
            }
            progress?(done)
        }
        // Some things are found out at work.
        _ = seat.news(lane.remarks)
    }
}
