import Nightjar
import NightjarCore
import NightjarWire

/// Connects the engine to an upstream: jobs go down, shares go up. Every share is written to the ledger, first as
/// `found`, then in each later state, until a final one.
///
/// The upstream decides which share is stale. A pool takes shares for its recent jobs, so a share whose job was
/// replaced is still sent, and the pool's answer decides; ``RecentJobs`` knows the jobs whose shares need no answer. A
/// node's upstream knows when a template is for an old block, and then answers `stale` without sending the share.
///
/// It is an actor because it controls and does not hash. Hashing threads never enter it; they put events into a stream
/// that it reads. It runs on its own queue because the ledger may block.
package actor Miner: MinerControl {
    struct Pending {
        let share: Share
        let difficulty: PoolDifficulty
        var submitted: ContinuousClock.Instant?
        /// Its job was for an earlier block than the present job when it was sent.
        var isOfAnotherBlock = false
        var task: Task<Void, Never>?
    }

    private let executor = BlockingExecutor(label: "miner")
    package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    var hashing: any Hashing
    var devices: [DeviceID]
    let upstream: any Upstream
    var book: ShareBook
    let reporter: any Reporter
    private let statistics: Statistics?
    /// The number of its team in the statistics.
    private let team: Int
    let limits: Limits
    /// Shared with the run's other teams.
    let shareLimit: ShareLimit
    let clock = ContinuousClock()
    /// The sets of lanes of this run, one after the other. The stream finishes when no more will come.
    private let runs: AsyncStream<any Hashing>
    private let nextRun: AsyncStream<any Hashing>.Continuation
    var isReplacing = false

    var summary = MinerSummary()
    var job: UpstreamJob?
    var jobs = RecentJobs()
    var hadJob = false
    var trouble: String?
    /// Whether the lanes rest because enough shares are in flight for ``Limits/shares``.
    var resting = false
    /// The other reasons why the lanes rest.
    var pauses: Set<PauseReason> = []
    /// Whether the lanes rest for a moment of a duty cycle.
    var cooling = false
    /// The job that the lanes got last.
    var posted: Job?
    var pending: [Int64: Pending] = [:]
    var news = DeviceNews()
    private var rates = HashRates()
    /// Hashes of lanes that have been replaced.
    private var earlierHashes: UInt64 = 0
    private var rateReported = false

    var end: End?
    private var endWaiter: CheckedContinuation<Void, Never>?
    var room: [CheckedContinuation<Void, Never>] = []
    private var lanesWaiter: CheckedContinuation<Void, Never>?
    private var lanesEnded = false
    var answersWaiter: CheckedContinuation<Void, Never>?
    private var inHaste = false
    /// Set just before the summary. Nothing is reported after it.
    var isOver = false

    /// - Parameters:
    ///   - devices: the devices that mine, in the order in which they are shown.
    ///   - statistics: gets every event that `reporter` gets, and the hash counts once a second.
    package init(
        hashing: any Hashing, devices: [DeviceID], upstream: any Upstream, ledger: ShareLedger, reporter: any Reporter,
        statistics: Statistics? = nil, limits: Limits = Limits()
    ) {
        (runs, nextRun) = AsyncStream.makeStream()
        nextRun.yield(hashing)
        self.hashing = hashing
        self.devices = devices
        self.upstream = upstream
        // Statistics come first, so that the snapshot already holds what the reporter tells.
        let all: any Reporter = statistics.map { Reporters([$0, reporter]) } ?? reporter
        self.reporter = all
        book = ShareBook(ledger, reporter: all)
        self.statistics = statistics
        team = 0
        self.limits = limits
        shareLimit = ShareLimit(limits.shares)
    }

    /// A miner of one of a run's teams. Its reporter passes events to the statistics, too.
    init(
        team: Int, hashing: any Hashing, devices: [DeviceID], upstream: any Upstream, ledger: ShareLedger,
        reporter: any Reporter, statistics: Statistics, limits: Limits, shareLimit: ShareLimit,
        pauses: Set<PauseReason>, isCooling: Bool
    ) {
        (runs, nextRun) = AsyncStream.makeStream()
        nextRun.yield(hashing)
        self.hashing = hashing
        self.devices = devices
        self.upstream = upstream
        self.reporter = reporter
        book = ShareBook(ledger, reporter: reporter)
        self.statistics = statistics
        self.team = team
        self.limits = limits
        self.shareLimit = shareLimit
        self.pauses = pauses
        cooling = isCooling
    }

    /// Mines until a limit is reached or ``stop(_:)`` is called. Then it ends in order: the lanes stop, their last
    /// finds are verified and sent, answers are awaited for at most ``Limits/answerGrace``, the other shares expire,
    /// and the summary is reported last. Call it once.
    package func run() async -> Outcome {
        let start = clock.now
        rates.begin(at: start)
        let found = Task { [runs] in
            for await lanes in runs {
                for await event in lanes.events { await self.take(event) }
            }
        }
        let (wire, sink) = AsyncStream.makeStream(of: UpstreamEvent.self)
        let session = Task { [upstream] in
            await upstream.run { sink.yield($0) }
            sink.finish()
        }
        let control = Task { for await event in wire { self.take(event) } }
        let ticker = Task { [limits, clock] in
            while (try? await clock.sleep(for: limits.rateInterval)) != nil { self.tick() }
        }
        let sampler = statistics.map { statistics in
            Task { [limits, clock] in
                repeat {
                    self.sample(into: statistics)
                } while (try? await clock.sleep(for: limits.sampleInterval)) != nil
            }
        }
        let resting = Task { [shareLimit] in
            let changes = shareLimit.changes()
            // Another team may have sent enough before.
            self.restOrResume()
            for await _ in changes { self.restOrResume() }
        }
        let deadline = limits.duration.map { duration in
            Task { [clock] in
                if (try? await clock.sleep(for: duration)) != nil { self.stop(.duration) }
            }
        }

        if end == nil { await withCheckedContinuation { endWaiter = $0 } }
        let ending = clock.now
        ticker.cancel()
        sampler?.cancel()
        resting.cancel()
        deadline?.cancel()
        letWaitingSharesIn()
        await lanes(reading: found)
        await answers(since: ending)
        session.cancel()
        control.cancel()
        for (id, share) in pending.sorted(by: { $0.key < $1.key }) {
            share.task?.cancel()
            finish(id, .expired(reason: "the miner stopped before an answer"))
        }
        if !rateReported { tick() }
        isOver = true
        if let statistics { sample(into: statistics) }
        summary.hashes = earlierHashes + hashing.hashCounts().reduce(0) { $0 + $1.hashes }
        summary.seconds = (clock.now - start) / .seconds(1)
        reporter.report(.summary(summary))
        return Outcome(end: end ?? .duration, summary: summary, hadJob: hadJob, trouble: trouble)
    }

    /// Ends the run in order. The first call's reason stays.
    package func stop(_ reason: End) {
        guard end == nil else { return }
        end = reason
        endWaiter?.resume()
        endWaiter = nil
    }

    /// Ends the waits of the run's end: shares in flight expire at once.
    package func hurry() {
        inHaste = true
        giveUpOnLanes()
        giveUpOnAnswers()
    }

    // MARK: Control

    package func pause(_ reason: PauseReason) {
        guard end == nil, pauses.insert(reason).inserted else { return }
        reporter.report(.paused(PauseReason.allCases.filter(pauses.contains)))
        post()
    }

    package func resume(_ reason: PauseReason) {
        guard end == nil, pauses.remove(reason) != nil else { return }
        reporter.report(pauses.isEmpty ? .resumed : .paused(PauseReason.allCases.filter(pauses.contains)))
        post()
    }

    /// Lets the lanes rest for a moment of a duty cycle, or work again. This is not a pause and is not reported.
    package func cool(_ isCooling: Bool) {
        cooling = isCooling
        post()
    }

    /// Reports an event to the user, in order with the miner's own events.
    package func tell(_ event: MinerEvent) {
        if !isOver { reporter.report(event) }
    }

    /// Replaces the lanes. The old lanes end in order first, which frees their memory, and all their finds are taken.
    /// Connection, shares and counts stay.
    ///
    /// - Parameter start: makes the new lanes. Its error ends the miner, because the old lanes are gone by then.
    package func replace(
        devices new: [Device], with start: @Sendable (_ earlier: any Hashing) throws -> any Hashing
    ) async {
        guard end == nil, !isReplacing else { return }
        isReplacing = true
        post()
        await hashing.stop()
        isReplacing = false
        guard end == nil else { return }
        let earlier = hashing
        do { hashing = try start(earlier) } catch { return stop(.noDevice(reason: "\(error)")) }
        earlierHashes += earlier.hashCounts().reduce(0) { $0 + $1.hashes }
        devices = new.map(\.id)
        hashing.giveUp(jobs.worthless)
        news.beginAnew()
        rates.begin(at: clock.now)
        posted = nil
        statistics?.replace(devices: new, of: team)
        nextRun.yield(hashing)
        post()
    }

    // MARK: The end

    private func letWaitingSharesIn() {
        for waiter in room { waiter.resume() }
        room = []
    }

    /// Ends the lanes, and reads all their finds, as far as time allows.
    private func lanes(reading found: Task<Void, Never>) async {
        Task {
            await hashing.stop()
            nextRun.finish()
            await found.value
            lanesEnded = true
            giveUpOnLanes()
        }
        guard !inHaste else { return }
        let deadline = Task { [clock, limits] in
            if (try? await clock.sleep(for: limits.laneGrace)) != nil { self.giveUpOnLanes() }
        }
        if !lanesEnded { await withCheckedContinuation { lanesWaiter = $0 } }
        deadline.cancel()
    }

    private func giveUpOnLanes() {
        lanesWaiter?.resume()
        lanesWaiter = nil
    }

    private func answers(since ending: ContinuousClock.Instant) async {
        guard !pending.isEmpty, !inHaste else { return }
        // Shares that were found as the lanes ended still get a moment.
        let until = max(ending + limits.answerGrace, clock.now + min(limits.answerGrace, .seconds(1)))
        let deadline = Task { [clock] in
            if (try? await clock.sleep(until: until)) != nil { self.giveUpOnAnswers() }
        }
        await withCheckedContinuation { answersWaiter = $0 }
        deadline.cancel()
    }

    private func giveUpOnAnswers() {
        answersWaiter?.resume()
        answersWaiter = nil
    }

    // MARK: Rates

    private func sample(into statistics: Statistics) {
        let security = upstream.security
        statistics.security(version: security?.version, fingerprint: security?.fingerprint, of: team)
        if !isReplacing { statistics.sample(hashing.hashCounts(), health: hashing.health(), at: clock.now) }
    }

    private func tick() {
        guard let each = rates.take(hashing.hashCounts(), health: hashing.health(), at: clock.now) else { return }
        let total = each.reduce(0) { $0 + $1.hashrate }
        // No rate line while there is nothing to do: the user already knows why.
        guard total > 0 || (job != nil && !resting && pauses.isEmpty) else { return }
        rateReported = true
        reporter.report(.hashrate(total: total, devices: each), from: EventSource(pool: upstream.name))
    }
}
