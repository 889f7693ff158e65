import Nightjar
import NightjarCore
import NightjarStratum

/// Joins the engine to an upstream: jobs go down, shares go up, and every share that is found reaches the ledger, first
/// as `found`, then in each later state, and ends in a final one.
///
/// Which share is stale is for the upstream to say. A pool takes results for its recent jobs, so that a share whose job
/// has been replaced is still sent, and the pool's answer decides. A node's upstream knows by itself that a template is
/// for an old block, and answers `stale` without sending it.
///
/// An actor, because it is control: hashing threads never enter it, they hand events to a stream that it reads.
package actor Miner {
    /// When a run ends, and how patiently.
    package struct Limits: Sendable {
        /// Ends the run after this long; `nil` never does.
        package var duration: Duration?
        /// Ends the run once this many shares have been accepted or rejected; `nil` never does. Stale and expired ones
        /// don't count. The lanes pause while enough shares are under way, so that few more are found.
        package var shares: Int?
        /// How long lanes are waited for at the end. A batch takes less; an OpenCL driver that compiles may take a
        /// minute, and cannot be told to end.
        package var laneGrace: Duration = .seconds(4)
        /// How long after its end a run waits for answers in flight; then they expire.
        package var answerGrace: Duration = .seconds(5)
        /// The time from one report of the hash rate to the next.
        package var rateInterval: Duration = .seconds(10)
        /// Shares in flight beyond which the lanes wait: a slow upstream must slow them, not fill the memory.
        package var inFlight = 64

        package init() {}
    }

    /// Why a run ended.
    package enum End: Sendable, Hashable {
        case duration
        case shares
        /// SIGINT or SIGTERM, by number.
        case signal(Int32)
        /// Every device failed; the last one's reason.
        case noDevice(reason: String)
        /// Nobody reads what is reported any more.
        case outputLost
    }

    /// What a run came to.
    package struct Outcome: Sendable, Hashable {
        package let end: End
        package let summary: MinerSummary
        /// Whether the upstream ever gave a job.
        package let hadJob: Bool
        /// The upstream's last trouble, in words.
        package let trouble: String?
    }

    private struct Pending {
        let share: Share
        var submitted: ContinuousClock.Instant?
        var task: Task<Void, Never>?
    }

    private let hashing: any Hashing
    private let devices: [DeviceID]
    private let upstream: any Upstream
    private let ledger: ShareLedger
    private let reporter: any Reporter
    private let limits: Limits
    private let clock = ContinuousClock()

    private var summary = MinerSummary()
    private var job: UpstreamJob?
    private var hadJob = false
    private var trouble: String?
    /// Whether the lanes rest because enough shares are under way for ``Limits/shares``.
    private var resting = false
    private var pending: [Int64: Pending] = [:]
    private var failedDevices: Set<DeviceID> = []
    private var wrongHashes: [DeviceID: Int] = [:]
    /// How many quarters of a dataset each device was last said to have.
    private var settled: [DeviceID: Int] = [:]
    private var ledgerTrouble = false
    /// Numbers for shares that the ledger could not take; below zero, so that they never meet a row's.
    private var unwritten: Int64 = 0
    private var lastCounts: [DeviceID: UInt64] = [:]
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

    /// - Parameter devices: those that `hashing` runs on, in the order in which they are shown.
    package init(
        hashing: any Hashing, devices: [DeviceID], upstream: any Upstream, ledger: ShareLedger, reporter: any Reporter,
        limits: Limits = Limits()
    ) {
        self.hashing = hashing
        self.devices = devices
        self.upstream = upstream
        self.ledger = ledger
        self.reporter = reporter
        self.limits = limits
    }

    /// Mines until a limit is reached or ``stop(_:)`` is called, then ends in order: the lanes stop, what they found is
    /// verified and sent, answers in flight are waited for within ``Limits/answerGrace``, the rest expires, and the
    /// summary is reported last. To be called once.
    package func run() async -> Outcome {
        let start = clock.now
        lastTick = start
        let found = Task { [hashing] in
            for await event in hashing.events { await self.take(event) }
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
        let deadline = limits.duration.map { duration in
            Task { [clock] in
                if (try? await clock.sleep(for: duration)) != nil { self.stop(.duration) }
            }
        }

        if end == nil { await withCheckedContinuation { endWaiter = $0 } }
        let ending = clock.now
        ticker.cancel()
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
        summary.hashes = hashing.hashCounts().reduce(0) { $0 + $1.hashes }
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
            hashing.setJob(nil)
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
            if !resting { hashing.setJob(new.job) }
        }
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
        report(id, share, .found)
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

    private func report(_ id: Int64, _ share: Share, _ state: ShareState, reason: String? = nil, latency: Int64? = nil) {
        reporter.report(
            .share(
                ShareReport(
                    id: id, job: share.job.id, device: share.device.description,
                    difficulty: share.job.target.difficulty.value, state: state, reason: reason, latency: latency)))
    }

    /// With a limit on shares, pauses the lanes while those under way would reach it, and lets them go on when some of
    /// them came to nothing.
    private func restOrResume() {
        guard let wanted = limits.shares, end == nil else { return }
        let enough = summary.accepted + summary.rejected + pending.count >= wanted
        guard enough != resting else { return }
        resting = enough
        hashing.setJob(enough ? nil : job?.job)
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
        Task { [hashing] in
            await hashing.stop()
            await found.value
            lanesEnded = true
            giveUpOnLanes()
        }
        guard !inHaste else { return }
        let patience = Task { [clock, limits] in
            if (try? await clock.sleep(for: limits.laneGrace)) != nil { self.giveUpOnLanes() }
        }
        if !lanesEnded { await withCheckedContinuation { lanesWaiter = $0 } }
        patience.cancel()
    }

    private func giveUpOnLanes() {
        lanesWaiter?.resume()
        lanesWaiter = nil
    }

    private func answers(since ending: ContinuousClock.Instant) async {
        guard !pending.isEmpty, !inHaste else { return }
        // Shares that the lanes' end brought still get a moment.
        let until = max(ending + limits.answerGrace, clock.now + min(limits.answerGrace, .seconds(1)))
        let patience = Task { [clock] in
            if (try? await clock.sleep(until: until)) != nil { self.giveUpOnAnswers() }
        }
        await withCheckedContinuation { answersWaiter = $0 }
        patience.cancel()
    }

    private func giveUpOnAnswers() {
        answersWaiter?.resume()
        answersWaiter = nil
    }

    // MARK: Rates

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
        guard total > 0 || (job != nil && !resting) else { return }
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
