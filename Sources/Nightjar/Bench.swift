import NightjarAlgorithms
import NightjarCPU
import NightjarCore
import NightjarDevices
import NightjarPlatform
import Synchronization

extension Engine {
    /// Checks an algorithm's known answers on a device: on every CPU lane, or on another device's first.
    public func selftest(_ algorithm: Algorithm, on device: DeviceID) async -> SelftestResult {
        guard let backend = backend(of: device) else { return .unsupported(reason: "there is no such device") }
        if case .unsupported(let reason) = backend.support(for: algorithm, on: device) {
            return .unsupported(reason: reason)
        }
        await releaseLanes()
        let threads = threads
        do {
            return try await onThread("selftest") {
                Self.selftest(algorithm, on: device, backend: backend, threads: threads)
            }
        } catch {
            return .failed(reason: error.description)
        }
    }

    private static func selftest(
        _ algorithm: Algorithm, on device: DeviceID, backend: any Backend, threads: Int?
    ) -> SelftestResult {
        do {
            let group = try LaneGroup(backend, device: device, algorithm: algorithm, threads: threads) { _, _ in }
            defer { group.join() }
            switch group.waitUntilPrepared() {
            case .ready:
                group.release()
                backend.acquit(device)
                return .passed(count: KnownAnswers.answers(for: algorithm).count)
            case .failed(let reason):
                backend.suspect(device)
                return .failed(reason: reason)
            case .cancelled: return .failed(reason: EngineError.cancelled.description)
            }
        } catch {
            return .failed(reason: error.reason)
        }
    }

    /// Measures an algorithm on a device, after known answers have passed there.
    ///
    /// All lanes share the nonces from 0 on, so that the checksum depends on nothing but their number. Cancelling the
    /// task ends it after the batches in hand.
    /// With ``RandomXMode/automatic``, RandomX is in full mode on the CPU as it is in mining, unless the hashes asked
    /// for are so few that they are done before a dataset is.
    /// - Parameters:
    ///   - settings: launch settings that differ from the device's defaults, instead of what was tuned; `nil` for the
    ///     device as it mines.
    ///   - progress: called from the lanes' threads with the hashes done so far.
    ///   - setup: called from a lane's thread, before the hashes, with how far a dataset is filled, from 0 to 1.
    public func bench(
        _ algorithm: Algorithm, on device: DeviceID, length: BenchLength,
        settings: TuningSettings? = nil, progress: (@Sendable (Int) -> Void)? = nil,
        setup: (@Sendable (Double) -> Void)? = nil
    ) async -> BenchResult {
        await releaseLanes()
        let cancelled = CancelFlag()
        let (backend, threads, randomX) = (backend(of: device), threads, randomX)
        let name = devices.first { $0.id == device }?.name ?? ""
        return await withTaskCancellationHandler {
            let bench = Bench(
                algorithm: algorithm, device: device, deviceName: name, length: length, settings: settings,
                randomX: randomX, cancelled: cancelled, setup: setup, progress: progress)
            do { return try await onThread("bench") { bench.run(backend, threads: threads) } } catch {
                return bench.refused(error.reason)
            }
        } onCancel: {
            cancelled.isSet.store(true, ordering: .relaxed)
        }
    }
}

private final class CancelFlag: Sendable {
    let isSet = Atomic(false)
}

/// One benchmark, run on a thread that may block.
private struct Bench: Sendable {
    let algorithm: Algorithm
    let device: DeviceID
    let deviceName: String
    let length: BenchLength
    let settings: TuningSettings?
    let randomX: RandomXMode
    let cancelled: CancelFlag
    let setup: (@Sendable (Double) -> Void)?
    let progress: (@Sendable (Int) -> Void)?

    /// What the lanes share.
    private struct Tally {
        /// The next nonce to give out.
        var next: UInt64 = 0
        var end: UInt64
        var deadline: ContinuousClock.Instant?
        var hashes = 0
        var checksum: UInt64 = 0
    }

    func run(_ backend: (any Backend)?, threads: Int?) -> BenchResult {
        let clock = ContinuousClock()
        let begin = clock.now
        var outcome = Outcome()
        do {
            guard let backend else { throw Refusal(reason: "there is no such device") }
            let tally: Monitor<Tally>
            var wanted: UInt64?
            switch length {
            case .hashes(let count):
                guard (1...(1 << 32)).contains(count) else {
                    throw Refusal(reason: "a benchmark takes 1 to 2^32 hashes, not \(count)")
                }
                tally = Monitor(Tally(end: UInt64(count)))
                wanted = UInt64(count)
            case .seconds(let seconds):
                guard seconds > 0, seconds < 1e9 else {
                    throw Refusal(reason: "a benchmark can't take \(seconds) seconds")
                }
                tally = Monitor(Tally(end: 1 << 32))
            }
            let work = try KnownAnswers.benchmark(algorithm)
            let settles = randomX.settles(algorithm, hashes: wanted)
            let dataset = Monitor<(begin: ContinuousClock.Instant?, end: ContinuousClock.Instant?)>((nil, nil))
            let settling = Settling(
                isCancelled: { [cancelled] in cancelled.isSet.load(ordering: .relaxed) },
                progress: { [setup] done in
                    dataset.withLock { times in
                        if times.begin == nil { times.begin = .now }
                        times.end = .now
                    }
                    setup?(done)
                })
            let group = try LaneGroup(
                try plan(backend, threads: threads, settles: settles), device: device, algorithm: algorithm,
                settles: settles, work: work, settling: settling
            ) { seat, lane in
                try hash(lane, seat, tally)
            }
            defer { group.join() }
            outcome.threads = group.plan.lanes.count
            outcome.explanation = group.plan.explanation
            outcome.hints = group.plan.hints
            let preparation = group.waitUntilPrepared()
            let start = clock.now
            outcome.setup = Self.seconds(start - begin)
            if case (let first?, let last?) = dataset.withLock({ $0 }) { outcome.dataset = Self.seconds(last - first) }
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
                outcome.seconds = Self.seconds(clock.now - start)
                outcome.explanation += group.remarks + group.refusals
            }
            if let failure = group.failure { throw DeviceError(device: device, reason: failure) }
            let (hashes, checksum) = tally.withLock { ($0.hashes, $0.checksum) }
            outcome.hashes = hashes
            outcome.checksum = checksum
            if cancelled.isSet.load(ordering: .relaxed) { throw EngineError.cancelled }
            if let known = KnownAnswers.checksum(of: algorithm, hashes: UInt64(hashes)), known != checksum {
                throw EngineError.wrongHash(
                    algorithm: algorithm.name, device: device,
                    reason: "the checksum over \(hashes) hashes is \(Hex.encodeUpper(checksum)), "
                        + "and should be \(Hex.encodeUpper(known))")
            }
        } catch {
            // Whatever it was, the next one to use the device finds it made anew; and with less trust only where it may
            // have been the device.
            if error.mayBeTheDevices { backend?.suspect(device) } else { backend?.reset(device) }
            outcome.error = error.reason
        }
        return outcome.result(self)
    }

    /// The result of a benchmark that could not begin.
    func refused(_ reason: String) -> BenchResult {
        var outcome = Outcome()
        outcome.error = reason
        return outcome.result(self)
    }

    private func plan(_ backend: any Backend, threads: Int?, settles: Bool) throws -> LanePlan {
        if case .unsupported(let reason) = backend.support(for: algorithm, on: device) {
            throw EngineError.unsupported(algorithm: algorithm.name, device: device, reason: reason)
        }
        guard let settings else {
            return try backend.plan(algorithm, on: device, threads: threads, settles: settles)
        }
        guard let tunable = backend as? any TunableBackend else {
            throw Refusal(reason: "has no launch settings")
        }
        let known = tunable.defaultSettings(algorithm, on: device)
        if let name = settings.values.keys.sorted().first(where: { known[$0] == nil }) {
            throw Refusal(reason: "has no setting '\(name)' for \(algorithm); it has \(known)")
        }
        return try tunable.plan(algorithm, on: device, settings: settings)
    }

    private func hash(_ lane: any Lane, _ seat: LaneGroup.Seat, _ tally: Monitor<Tally>) throws {
        while !seat.isCancelled, !cancelled.isSet.load(ordering: .relaxed) {
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

    /// A benchmark that can't be made as it was asked for.
    private struct Refusal: Error, CustomStringConvertible {
        let reason: String
        var description: String { reason }
    }

    private struct Outcome {
        var threads = 0
        var hashes = 0
        var seconds = 0.0
        var setup = 0.0
        var dataset: Double?
        var checksum: UInt64?
        var randomX: RandomXMode?
        var explanation: [String] = []
        var hints: [String] = []
        var error: String?

        func result(_ bench: Bench) -> BenchResult {
            BenchResult(
                algorithm: bench.algorithm, device: bench.device, deviceName: bench.deviceName, threads: threads,
                hashes: hashes, seconds: seconds,
                hashrate: error == nil && seconds > 0 ? Double(hashes) / seconds : nil, setupSeconds: setup,
                datasetSeconds: dataset, checksum: checksum, verified: error == nil, error: error, randomX: randomX,
                explanation: explanation, hints: hints)
        }
    }

    private static func seconds(_ duration: Duration) -> Double { duration / .seconds(1) }
}
