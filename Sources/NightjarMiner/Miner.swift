import Nightjar
import NightjarCore
import NightjarWire

/// Joins the engine to an upstream: jobs go down, shares go up, and every share that is found reaches the ledger, first
/// as `found`, then in each later state, and ends in a final one.
///
/// Which share is stale is for the upstream to say. A pool takes results for its recent jobs, so that a share whose job
/// has been replaced is still sent, and the pool's answer decides. A node's upstream knows by itself that a template is
/// for an old block, and answers `stale` without sending it.
///
/// An actor, because it is control: hashing threads never enter it, they hand events to a stream that it reads.
package actor Miner: MinerControl {
    private struct Pending {
        let share: Share
        var submitted: ContinuousClock.Instant?
        var task: Task<Void, Never>?
    }

    private var hashing: any Hashing
    private var devices: [DeviceID]
    private let upstream: any Upstream
    private let ledger: ShareLedger
    private let reporter: any Reporter
    private let statistics: Statistics?
    private let limits: Limits
    private let clock = ContinuousClock()
    /// The lanes of this run, each after the last ones have ended; finished when there will be no others.
    private let runs: AsyncStream<any Hashing>
    private let nextRun: AsyncStream<any Hashing>.Continuation
    private var isReplacing = false

    private var summary = MinerSummary()
    private var job: UpstreamJob?
    private var hadJob = false
    private var trouble: String?
    /// Whether the lanes rest because enough shares are under way for ``Limits/shares``.
    private var resting = false
    /// Why the lanes rest, beside that.
    private var pauses: Set<PauseReason> = []
    /// Whether they rest for a moment, in a duty cycle.
    private var cooling = false
    /// What the lanes were given last.
    private var posted: Job?
    private var pending: [Int64: Pending] = [:]
    private var failedDevices: Set<DeviceID> = []
    private var wrongHashes: [DeviceID: Int] = [:]
    /// How many quarters of a dataset each device was last said to have.
    private var settled: [DeviceID: Int] = [:]
    private var ledgerTrouble = false
    /// Numbers for shares that the ledger could not take; below zero, so that they never meet a row's.
    private var unwritten: Int64 = 0
    private var lastCounts: [DeviceID: UInt64] = [:]
    /// Hashes of lanes that have been replaced.
    private var earlierHashes: UInt64 = 0
    private var lastTick: ContinuousClock.Instant?
    private var rateReported = false

    private var end: End?
    private var endWaiter: CheckedContinuation<Void, Never>?
    private var room: [CheckedContinuation<Void, Never>] = []
    private var lanesWaiter: CheckedContinuation<Void, Never>?
    private var lanesEnded = false
    private var answersWaiter: CheckedContinuation<Void, Never>?
    private var inHaste = false
    /// Set before the summary, after which nothing is reported.
    private var isOver = false

    /// - Parameters:
    ///   - devices: those that `hashing` runs on, in the order in which they are shown.
    ///   - statistics: is told everything that `reporter` is, and counts once a second.
    package init(
        hashing: any Hashing, devices: [DeviceID], upstream: any Upstream, ledger: ShareLedger, reporter: any Reporter,
        statistics: Statistics? = nil, limits: Limits = Limits()
    ) {
        (runs, nextRun) = AsyncStream.makeStream()
        nextRun.yield(hashing)
        self.hashing = hashing
        self.devices = devices
        self.upstream = upstream
        self.ledger = ledger
        // First, so that whoever is told something finds it in the snapshot too.
        self.reporter = statistics.map { Reporters([$0, reporter]) } ?? reporter
        self.statistics = statistics
        self.limits = limits
    }

    /// Mines until a limit is reached or ``stop(_:)`` is called, then ends in order: the lanes stop, what they found is
    /// verified and sent, answers in flight are waited for within ``Limits/answerGrace``, the rest expires, and the
    /// summary is reported last. To be called once.
    package func run() async -> Outcome {
        let start = clock.now
        lastTick = start
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
        let deadline = limits.duration.map { duration in
            Task { [clock] in
                if (try? await clock.sleep(for: duration)) != nil { self.stop(.duration) }
            }
        }

        if end == nil { await withCheckedContinuation { endWaiter = $0 } }
        let ending = clock.now
        ticker.cancel()
        sampler?.cancel()
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
        summary.seconds = Self.seconds(clock.now - start)
        reporter.report(.summary(summary))
        return Outcome(end: end ?? .duration, summary: summary, hadJob: hadJob, trouble: trouble)
    }

    /// Ends the run in order. The first reason stays.
    package func stop(_ reason: End) {
        guard end == nil else { return }
        end = reason
        endWaiter?.resume()
        endWaiter = nil
    }

    /// Waits for nobody at the end: what is in flight then expires at once.
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

    /// Lets the lanes rest for a moment, or go on: for a duty cycle, which is no pause and is not reported.
    package func cool(_ isCooling: Bool) {
        cooling = isCooling
        post()
    }

    /// Tells the user something, in its order among what the miner tells.
    package func tell(_ event: MinerEvent) {
        if !isOver { reporter.report(event) }
    }

    /// Goes on with other lanes: the ones there are end in order first, so that their memory is free, and everything
    /// they found is taken. Pool, shares and counts stay.
    ///
    /// - Parameter start: makes the new lanes.
    package func replace(devices new: [Device], with start: @Sendable (_ earlier: any Hashing) -> any Hashing) async {
        guard end == nil, !isReplacing else { return }
        isReplacing = true
        post()
        await hashing.stop()
        isReplacing = false
        guard end == nil else { return }
        earlierHashes += hashing.hashCounts().reduce(0) { $0 + $1.hashes }
        hashing = start(hashing)
        devices = new.map(\.id)
        (failedDevices, settled, lastCounts, lastTick, posted) = ([], [:], [:], clock.now, nil)
        statistics?.replace(devices: new)
        nextRun.yield(hashing)
        post()
    }

    // MARK: The wire

    private func take(_ event: UpstreamEvent) {
        // A run that is ending takes no new work; its answers come another way.
        guard end == nil else { return }
        switch event {
        case .connected:
            trouble = nil
            reporter.report(.connected(pool: upstream.name))
        case .disconnected(let reason):
            trouble = reason
            job = nil
            // Results could not be sent, and the job will have been replaced when they can: don't burn power on it.
            post()
            reporter.report(.disconnected(pool: upstream.name, reason: reason))
        case .refused(let reason):
            trouble = reason
            reporter.report(.error("\(upstream.name): \(reason)"))
        case .job(let new):
            job = new
            hadJob = true
            reporter.report(
                .job(
                    id: new.job.id, height: new.height, algorithm: new.job.algorithm.name,
                    difficulty: new.job.target.difficulty.value))
            // Also when it is the same again.
            posted = nil
            post()
        }
    }

    /// Gives the lanes the job, or nothing while there is a reason to rest.
    private func post() {
        let wanted = resting || cooling || !pauses.isEmpty || isReplacing ? nil : job?.job
        guard wanted != posted else { return }
        posted = wanted
        hashing.setJob(wanted)
    }

    // MARK: The engine

    private func take(_ event: MiningEvent) async {
        // From lanes that did not end in time.
        guard !isOver else { return }
        switch event {
        case .preparing(let device, let algorithm):
            reporter.report(.preparing(device: device.description, algorithm: algorithm.name))
        case .ready(let device, let lanes, let explanation):
            failedDevices.remove(device)
            reporter.report(.ready(device: device.description, lanes: lanes, explanation: explanation))
        case .recovering(let device, let reason, let pause, let attempt):
            reporter.report(
                .recovering(device: device.description, reason: reason, seconds: Self.seconds(pause), attempt: attempt))
        case .failed(let device, let reason):
            failedDevices.insert(device)
            reporter.report(.error("\(device): \(reason)"))
            if devices.allSatisfy(failedDevices.contains) { stop(.noDevice(reason: "\(device): \(reason)")) }
        case .settling(let device, let percent):
            reporter.report(.progress(device: device.description, percent: percent))
            // Quarters are enough to see that it goes on; what was begun anew begins anew.
            let quarter = percent / 25
            guard quarter != settled[device] else { return }
            settled[device] = quarter
            reporter.report(.settling(device: device.description, percent: quarter * 25))
        case .remark(let device, let text): reporter.report(.remark(device: device.description, text))
        case .slower(let device, let reason): reporter.report(.error("\(device): \(reason)"))
        case .share(let share):
            while pending.count >= limits.inFlight, end == nil {
                await withCheckedContinuation { room.append($0) }
            }
            send(share)
        case .wrongHash(let device, let nonce, let reason):
            let count = wrongHashes[device, default: 0] + 1
            wrongHashes[device] = count
            // A broken device would say it all day: at 1, 10, 100, …
            if Self.isPowerOfTen(count) {
                let times = count == 1 ? "" : " (\(count) times so far)"
                reporter.report(.error("\(device): wrong hash for nonce \(nonce), not submitted: \(reason)\(times)"))
            }
        case .exhausted(let id):
            reporter.report(.error("job \(id) has no nonces left; waiting for new work"))
        }
    }

    // MARK: Shares

    private func send(_ share: Share) {
        summary.found += 1
        // Its own job's height is in its work when the algorithm needs one; else the current job's, if it is the same.
        let height = share.job.work.height ?? (job?.job.id == share.job.id ? job?.height : nil)
        var id: Int64 = 0
        written { id = try ledger.found(share, pool: upstream.name, height: height) }
        if id == 0 {
            unwritten -= 1
            id = unwritten
        }
        report(id, share, .found, met: share.proof.compared.work == 0 ? .max : .max / share.proof.compared.work)
        written { try ledger.submitted(id) }
        let sent = clock.now
        pending[id] = Pending(share: share, submitted: sent)
        report(id, share, .submitted)
        pending[id]?.task = Task { [upstream] in
            let outcome = await upstream.submit(share)
            self.finish(id, outcome)
        }
        restOrResume()
    }

    private func finish(_ id: Int64, _ outcome: ShareOutcome) {
        // An answer that comes after its share expired at the end of the run is too late to count.
        guard let entry = pending.removeValue(forKey: id) else { return }
        let (state, reason): (ShareState, String?) =
            switch outcome {
            case .accepted: (.accepted, nil)
            case .rejected(let words): (.rejected, words)
            case .stale(let words): (.stale, words)
            case .expired(let words): (.expired, words)
            }
        let answered = state == .expired ? nil : entry.submitted.map { Int64(Self.seconds(clock.now - $0) * 1000) }
        written { try ledger.finished(id, as: state, reason: reason, latency: answered) }
        summary.count(state)
        report(id, entry.share, state, reason: reason, latency: answered)
        if let wanted = limits.shares, summary.accepted + summary.rejected >= wanted { stop(.shares) }
        restOrResume()
        if !room.isEmpty { room.removeFirst().resume() }
        if pending.isEmpty {
            answersWaiter?.resume()
            answersWaiter = nil
        }
    }

    private func report(
        _ id: Int64, _ share: Share, _ state: ShareState, reason: String? = nil, latency: Int64? = nil,
        met: UInt64? = nil
    ) {
        reporter.report(
            .share(
                ShareReport(
                    id: id, job: share.job.id, device: share.device.description,
                    difficulty: share.job.target.difficulty.value, state: state, reason: reason, latency: latency,
                    met: met)))
    }

    /// With a limit on shares, pauses the lanes while those under way would reach it, and lets them go on when some of
    /// them came to nothing.
    private func restOrResume() {
        guard let wanted = limits.shares, end == nil else { return }
        let enough = summary.accepted + summary.rejected + pending.count >= wanted
        resting = enough
        post()
    }

    /// A ledger that fails in the middle of a run is said once and costs no share: shares are still sent and counted.
    private func written(_ body: () throws -> Void) {
        do { try body() } catch {
            if !ledgerTrouble { reporter.report(.error("\(error); shares are still sent, but not all written down")) }
            ledgerTrouble = true
        }
    }

    // MARK: The end

    private func letWaitingSharesIn() {
        for waiter in room { waiter.resume() }
        room = []
    }

    /// Ends the lanes, and reads what they found to its end, as far as that is done in time.
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
        // Shares that the lanes' end brought still get a moment.
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
        statistics.security(version: security?.version, fingerprint: security?.fingerprint)
        if !isReplacing { statistics.sample(hashing.hashCounts(), health: hashing.health(), at: clock.now) }
    }

    private func tick() {
        let now = clock.now
        let counts = hashing.hashCounts()
        let health = hashing.health()
        let elapsed = Self.seconds(now - (lastTick ?? now))
        guard elapsed > 0, !counts.isEmpty else { return }
        let rates = counts.map { device, hashes in
            // Totals only grow; a difference below zero would be the engine's defect, not a reason to trap here.
            let done = hashes >= lastCounts[device, default: 0] ? hashes - lastCounts[device, default: 0] : 0
            return MinerEvent.DeviceRate(
                device: device.description, hashrate: Double(done) / elapsed,
                health: health.first { $0.device == device })
        }
        lastTick = now
        lastCounts = Dictionary(counts.map { ($0.device, $0.hashes) }, uniquingKeysWith: { $1 })
        let total = rates.reduce(0) { $0 + $1.hashrate }
        // Silence while there is nothing to do: the user has been told why.
        guard total > 0 || (job != nil && !resting && pauses.isEmpty) else { return }
        rateReported = true
        reporter.report(.hashrate(total: total, devices: rates))
    }

    private static func seconds(_ duration: Duration) -> Double {
        Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
    }

    private static func isPowerOfTen(_ count: Int) -> Bool {
        var value = count
        while value > 1, value.isMultiple(of: 10) { value /= 10 }
        return value == 1
    }
}
