import NightjarCore
import NightjarDevices
import NightjarPlatform

/// A benchmark whose lanes stand ready, and hash when they are told: known answers have passed, and a dataset is there
/// where one pays. Between measurements the lanes sleep, so that sessions of other devices can be measured in turn.
///
/// Every call blocks its thread. A session belongs to one thread.
package final class BenchSession {
    /// One measurement.
    package struct Window: Sendable, Hashable {
        package let start: ContinuousClock.Instant
        /// From the start to the end of the last lane's last batch.
        package let seconds: Double
        package let hashes: UInt64

        /// Hashes per second.
        package var rate: Double { seconds > 0 ? Double(hashes) / seconds : 0 }
    }

    /// The state that the lanes share.
    private struct Windows {
        /// The windows begun so far; a lane hashes in each of them once.
        var count = 0
        var isOver = false
        /// Lanes that hash in the window.
        var working = 0
        /// Whether one of them still compares ways to hash.
        var isComparing = false
        /// The first nonce, the next one to give out, and the one after the last.
        var begin: UInt64 = 0
        var next: UInt64 = 0
        var end: UInt64 = 0
        var deadline: ContinuousClock.Instant?
        var hashes: UInt64 = 0
        var checksum: UInt64 = 0
    }

    /// The times at which a dataset was begun, and at which it last made progress.
    private typealias DatasetTimes = Monitor<(begin: ContinuousClock.Instant?, end: ContinuousClock.Instant?)>

    private let run: BenchRun
    private let backend: (any Backend)?
    private let windows = Monitor(Windows())
    private var group: LaneGroup?
    private var isCompared = false
    private var outcome: BenchOutcome
    /// Over the windows that count.
    private var hashes: UInt64 = 0
    private var checksum: UInt64 = 0

    /// All nonces of a benchmark.
    private static let allNonces: UInt64 = 1 << 32

    /// Seconds after which a comparison goes on in what is measured.
    private static let longestComparison = 10.0

    /// Makes the lanes ready. A failure is in ``end()``'s outcome.
    ///
    /// - Parameters:
    ///   - hashes: how many will be wanted; `nil` when that is not known.
    ///   - empty: the outcome to fill in.
    init(_ run: BenchRun, _ backend: (any Backend)?, threads: Int?, hashes: UInt64?, _ empty: BenchOutcome) {
        self.run = run
        self.backend = backend
        outcome = empty
        attempt {
            guard let backend else { throw NightjarError(device: run.device, reason: "there is no such device") }
            try prepare(backend, threads, hashes)
        }
    }

    deinit { close() }

    /// Whether lanes stand ready.
    package var isReady: Bool { outcome.error == nil && group != nil }

    /// Whether a lane still compares ways to hash, as far as is known: what is measured now is slower than it will be.
    package var isComparing: Bool { windows.withLock(\.isComparing) }

    /// Nonces that no window has hashed.
    package var noncesLeft: UInt64 { Self.allNonces - hashes }

    /// Lets the lanes hash without counting until they have compared their ways to hash: at most as much as will be
    /// measured, and ten seconds. Measuring does it, too, unless it has been done.
    package func compare(before length: BenchLength) {
        guard !isCompared else { return }
        isCompared = true
        let begin = ContinuousClock.now
        var made: UInt64 = 0
        while isReady, isComparing {
            let part: BenchLength
            switch length {
            case .hashes(let count):
                guard made < UInt64(count), begin.duration(to: .now) < .seconds(Self.longestComparison) else { return }
                part = .hashes(min(count - Int(made), max(1, count / 4)))
            case .seconds(let seconds):
                let most = min(seconds, Self.longestComparison)
                guard begin.duration(to: .now) < .seconds(most) else { return }
                part = .seconds(most / 16)
            }
            made += measure(part, counts: false)?.hashes ?? 0
        }
    }

    /// Lets the lanes hash.
    ///
    /// - Parameters:
    ///   - length: from the first nonce on that no window has counted yet.
    ///   - most: hashes at most, as far as whole batches allow.
    ///   - counts: whether the hashes belong to the benchmark; a warm-up's are done again.
    /// - Returns: `nil` after a failure, which is in ``end()``'s outcome.
    package func measure(_ length: BenchLength, most: UInt64 = .max, counts: Bool = true) -> Window? {
        if counts { compare(before: length) }
        guard isReady, let group else { return nil }
        var window: Window?
        attempt {
            try length.check()
            let start = ContinuousClock.now
            let left = min(noncesLeft, most)
            windows.change { windows in
                windows.count += 1
                windows.working = group.plan.lanes.count
                windows.isComparing = false
                (windows.begin, windows.next) = (hashes, hashes)
                (windows.hashes, windows.checksum) = (0, 0)
                switch length {
                case .hashes(let count):
                    windows.end = hashes + min(left, UInt64(count))
                    windows.deadline = nil
                case .seconds(let seconds):
                    windows.end = hashes + left
                    windows.deadline = start + .nanoseconds(Int64(seconds * 1e9))
                }
            }
            group.release()
            windows.wait { $0.working == 0 ? () : nil }
            let seconds = (ContinuousClock.now - start) / .seconds(1)
            if run.cancellation.isCancelled { throw NightjarError.cancelled }
            let done = windows.withLock { ($0.isOver, $0.hashes, $0.checksum) }
            if done.0 {
                close()
                throw group.failure ?? .cancelled
            }
            if counts {
                hashes += done.1
                checksum ^= done.2
                outcome.hashes = Int(hashes)
                outcome.seconds += seconds
                outcome.checksum = checksum
            }
            window = Window(start: start, seconds: seconds, hashes: done.1)
        }
        return window
    }

    /// Ends the lanes.
    ///
    /// - Returns: everything that was measured, once the checksum is right where the build knows it.
    package func end() -> BenchOutcome {
        close()
        if let group {
            outcome.explanation += group.remarks + group.refusals
            outcome.facts = group.facts
            attempt { try check() }
        }
        group = nil
        return outcome
    }

    /// Ends the lanes, and waits until they have released what they had.
    private func close() {
        windows.change { $0.isOver = true }
        group?.release()
        group?.join()
    }

    private func attempt(_ body: () throws -> Void) {
        do { try body() } catch {
            close()
            let error = NightjarError(error, on: run.device)
            backend?.letGo(of: run.device, after: error)
            if outcome.error == nil { outcome.error = error }
        }
    }

    private func prepare(_ backend: any Backend, _ threads: Int?, _ hashes: UInt64?) throws {
        let clock = ContinuousClock()
        let begin = clock.now
        let work = try KnownAnswers.benchmark(run.algorithm)
        let settles = run.randomX.settles(run.algorithm, hashes: hashes)
        let dataset = DatasetTimes((nil, nil))
        let (run, windows) = (run, windows)
        let group = try LaneGroup(
            try run.plan(backend, threads: threads, settles: settles), device: run.device, algorithm: run.algorithm,
            settles: settles, work: work, settling: settling(dataset),
            isCancelled: { run.cancellation.isCancelled }
        ) { seat, lane in
            try Self.hash(lane, seat, windows, run)
        }
        self.group = group
        outcome.facts = group.facts
        outcome.explanation = group.plan.explanation
        outcome.hints = group.plan.hints
        let preparation = group.waitUntilPrepared()
        outcome.setupSeconds = (clock.now - begin) / .seconds(1)
        if case (let first?, let last?) = dataset.withLock({ $0 }) {
            outcome.datasetSeconds = (last - first) / .seconds(1)
        }
        switch preparation {
        case .ready:
            windows.withLock { $0.isComparing = group.isComparing }
            backend.acquit(run.device)
            if run.algorithm.parameters.datasetPaysFrom != nil {
                outcome.randomX = settles && group.refusals.isEmpty ? .full : .light
            }
        case .failed(let error): throw error
        case .cancelled: throw NightjarError.cancelled
        }
    }

    private func settling(_ dataset: DatasetTimes) -> Settling {
        let run = run
        return Settling(
            isCancelled: { run.cancellation.isCancelled },
            progress: { done in
                dataset.withLock { times in
                    if times.begin == nil { times.begin = .now }
                    times.end = .now
                }
                run.setup?(done)
            })
    }

    /// The checksum, where this build knows what it must be.
    private func check() throws(NightjarError) {
        guard outcome.error == nil, let checksum = outcome.checksum,
            let known = KnownAnswers.checksum(of: run.algorithm, hashes: UInt64(outcome.hashes)), known != checksum
        else { return }
        throw .wrongHash(
            algorithm: run.algorithm.name, device: run.device,
            reason: "the checksum over \(outcome.hashes) hashes is \(Hex.encodeUpper(checksum)), "
                + "and should be \(Hex.encodeUpper(known))")
    }

    /// What each lane does: it hashes in one window after the other.
    private static func hash(
        _ lane: any Lane, _ seat: LaneGroup.Seat, _ windows: Monitor<Windows>, _ run: BenchRun
    ) throws {
        defer {
            // However it ends, the one that waits for the window gets to know.
            windows.change { windows in
                windows.isOver = true
                windows.working = 0
            }
        }
        var seen = 0
        while true {
            let goesOn = windows.wait { windows in windows.isOver ? false : windows.count > seen ? true : nil }
            guard goesOn else { return }
            seen += 1
            while !seat.isCancelled {
                let nonces = windows.withLock { windows in
                    let now = windows.deadline == nil ? nil : ContinuousClock.now
                    let isOver = if let deadline = windows.deadline, let now { now >= deadline } else { false }
                    let begin = windows.next
                    // However short the time, something is measured: a speed of zero says nothing.
                    let end = isOver && begin > windows.begin ? begin : min(windows.end, begin + UInt64(lane.batch))
                    windows.next = end
                    return begin..<end
                }
                if nonces.isEmpty { break }
                let checksum = try lane.checksum(nonces)
                let done = windows.withLock { windows in
                    windows.hashes += UInt64(nonces.count)
                    windows.checksum ^= checksum
                    return windows.hashes
                }
                run.progress?(Int(done))
            }
            // Some things are found out at work.
            _ = seat.news(lane.remarks)
            if seat.isCancelled { return }
            let isComparing = lane.isComparing
            windows.change { windows in
                windows.working -= 1
                if isComparing { windows.isComparing = true }
            }
        }
    }
}
