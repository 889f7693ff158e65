import NightjarCPU
import NightjarCore
import Synchronization

/// A long-lived mining run on an engine's devices. Lanes stay alive from job to job; each device first passes its known
/// answers for the job's algorithm.
///
/// Read ``events`` all the time: when too many wait, the lanes do too. End a run with ``stop()``.
public final class Mining: Sendable {
    private let run: MiningRun

    init(_ run: MiningRun) { self.run = run }

    deinit {
        // Let go of without being stopped: the threads still end, and are joined, by somebody who may wait.
        let run = run
        Task { await run.stop() }
    }

    /// Puts a job up for all lanes, in place of the last one; each takes it up after its batch in hand.
    ///
    /// A job whose seed is another than the last one's costs each lane what ``RandomXMode`` says of datasets; its
    /// ``Job/nextSeed`` is made ready for in the background.
    ///
    /// - Parameter job: `nil` lets the lanes rest until the next one.
    public func setJob(_ job: Job?) { run.board.post(job) }

    /// What happens, in order, until ``stop()`` is through. For one consumer.
    public var events: AsyncStream<MiningEvent> {
        let channel = run.events
        return AsyncStream { await channel.next() }
    }

    /// Hashes done by each device since the start, the known answers' aside.
    public func hashCounts() -> [(device: DeviceID, hashes: UInt64)] { run.hashCounts() }

    /// Ends the run: lanes finish their batches, every candidate is verified, all threads are joined, ``events`` ends.
    /// When this returns, what ``events`` has not delivered yet still waits there.
    public func stop() async { await run.stop() }
}

/// What a mining run is made of; ``Mining`` and ``Engine/search(_:)`` are its faces.
final class MiningRun: Sendable {
    /// How often a batch of a device other than the CPU is looked into beyond its candidates.
    static let auditInterval = Duration.seconds(10)

    /// Events that may wait for their consumer before the lanes wait too.
    static let eventCapacity = 1024

    let board = JobBoard()
    let events: EventChannel<MiningEvent>
    private let devices: [MiningDevice]
    private let verifier: Verifier

    private let foresight: Foresight

    /// - Parameter settles: whether lanes settle on each new seed, being out for many hashes of it.
    init(
        devices: [(device: DeviceID, backend: any Backend)], threads: Int?, settles: Bool, verifier backend: CPUBackend,
        auditInterval: Duration, eventCapacity: Int
    ) {
        let foresight = Foresight(Self.distinct(devices.map(\.backend) + [backend]))
        self.foresight = foresight
        let events = EventChannel<MiningEvent>(capacity: eventCapacity)
        let verifier = Verifier(backend, events: events)
        let board = board
        self.events = events
        self.verifier = verifier
        self.devices = devices.map { device, backend in
            MiningDevice(
                device, backend: backend, threads: threads, settles: settles, board: board, verifier: verifier,
                foresight: foresight, events: events, auditInterval: auditInterval)
        }
    }

    private static func distinct(_ backends: [any Backend]) -> [any Backend] {
        var seen: Set<ObjectIdentifier> = []
        return backends.filter { seen.insert(ObjectIdentifier($0 as AnyObject)).inserted }
    }

    func hashCounts() -> [(device: DeviceID, hashes: UInt64)] {
        devices.map { ($0.device, $0.hashes) }
    }

    /// May be called more than once, and at once; each call returns when all is over.
    func stop() async {
        events.relax()
        board.close()
        for device in devices { await device.joined() }
        await foresight.finish()
        await verifier.finish()
        events.finish()
    }
}

/// One device in a mining run: a thread that plans its lanes for the job's algorithm, watches over them, and plans
/// again when the algorithm changes.
final class MiningDevice: Sendable {
    let device: DeviceID
    private let counter: Counter
    private let thread: PinnedThread

    /// Hashes since the start.
    var hashes: UInt64 { counter.value.load(ordering: .relaxed) }

    init(
        _ device: DeviceID, backend: any Backend, threads: Int?, settles: Bool, board: JobBoard, verifier: Verifier,
        foresight: Foresight, events: EventChannel<MiningEvent>, auditInterval: Duration
    ) {
        let counter = Counter()
        self.device = device
        self.counter = counter
        thread = PinnedThread(name: "\(device)") {
            // The algorithm that this device is out for.
            var refused: Algorithm?
            // What the last lanes leave behind, a dataset's memory for example, is there for the next until they are
            // planned.
            var lastPlan: LanePlan?
            while true {
                let posting = board.posting
                if posting.isClosed { return }
                guard let algorithm = posting.job?.algorithm, algorithm != refused else {
                    _ = board.wait(after: posting.generation)
                    continue
                }
                refused = nil
                events.send(.preparing(device, algorithm: algorithm))
                do {
                    let group = try LaneGroup(
                        backend, device: device, algorithm: algorithm, threads: threads, settles: settles
                    ) { seat, lane in
                        let miner = LaneMiner(
                            device: device, algorithm: algorithm, settles: settles, board: board, verifier: verifier,
                            foresight: foresight, events: events, counter: counter, auditInterval: auditInterval)
                        try miner.run(lane, seat)
                    }
                    withExtendedLifetime(lastPlan) {}
                    lastPlan = group.plan
                    defer { group.join() }
                    if case .ready(let remarks) = group.waitUntilPrepared() {
                        events.send(
                            .ready(
                                device, lanes: group.plan.lanes.count,
                                explanation: group.plan.explanation + remarks + group.plan.hints))
                        group.release()
                        group.waitUntilOver()
                    }
                    if let failure = group.failure {
                        // Lanes that wait at the board for a job hear of it too.
                        board.nudge()
                        throw DeviceError(device: device, reason: failure)
                    }
                } catch {
                    lastPlan = nil
                    refused = algorithm
                    events.send(.failed(device, reason: error.reason))
                }
            }
        }
    }

    func joined() async { await thread.joined() }

    final class Counter: Sendable {
        let value = Atomic<UInt64>(0)
    }
}

/// What a lane does in a mining run: fetch nonces, scan them, hand on what it finds, until its algorithm is over.
private struct LaneMiner {
    let device: DeviceID
    let algorithm: Algorithm
    let settles: Bool
    let board: JobBoard
    let verifier: Verifier
    let foresight: Foresight
    let events: EventChannel<MiningEvent>
    let counter: MiningDevice.Counter
    let auditInterval: Duration

    func run(_ lane: any Lane, _ seat: LaneGroup.Seat) throws {
        var candidates: [Candidate] = []
        candidates.reserveCapacity(lane.batch)
        var nextAudit = ContinuousClock.now
        var posting = board.posting
        while !posting.isClosed, !seat.isCancelled {
            guard let job = posting.job else {
                posting = board.wait(after: posting.generation)
                continue
            }
            guard job.algorithm == algorithm else { return }
            try lane.prepare(job.work)
            var nextSettling = try settle(lane, seat, job)
            if let seed = job.nextSeed, seed != job.work.seed { foresight.expect(algorithm, seed: seed) }
            if algorithm.needs.contains(.height), let height = job.work.height, height < .max {
                foresight.expect(algorithm, height: height + 1)
            }
            batches: while board.generation == posting.generation {
                if let due = nextSettling, ContinuousClock.now >= due { nextSettling = try settle(lane, seat, job) }
                switch board.reserve(lane.batch, generation: posting.generation) {
                case .outdated:
                    break batches
                case .exhausted(let first):
                    if first { events.send(.exhausted(jobID: job.id)) }
                    _ = board.wait(after: posting.generation)
                case .nonces(let nonces):
                    let isAudit = device != .cpu && ContinuousClock.now >= nextAudit
                    if isAudit { nextAudit = ContinuousClock.now + auditInterval }
                    candidates.removeAll(keepingCapacity: true)
                    // An audited batch is an ordinary one with a target that every nonce meets: it costs nothing
                    // extra, and shows what the device makes of nonces that it would keep to itself.
                    try lane.scan(nonces, target: isAudit ? .easiest : job.target, into: &candidates)
                    counter.value.wrappingAdd(UInt64(nonces.count), ordering: .relaxed)
                    if isAudit { try audit(candidates, nonces, job) }
                    handOn(isAudit ? candidates.filter { job.target.isMet(by: $0.proof) } : candidates, nonces, job)
                }
            }
            posting = board.posting
        }
    }

    /// Lets the lane settle on the job's seed, as long as that is what the board wants.
    ///
    /// - Returns: when to ask again; `nil` for never.
    private func settle(_ lane: any Lane, _ seat: LaneGroup.Seat, _ job: Job) throws -> ContinuousClock.Instant? {
        guard settles else { return nil }
        let (board, events, device, algorithm) = (board, events, device, algorithm)
        let told = Monitor(-1)
        let settling = Settling(
            isCancelled: {
                let posting = board.posting
                if posting.isClosed || seat.isCancelled { return true }
                // A newer job with the same seed is served as well; while there is none at all, one of the same seed is
                // what to expect.
                guard let new = posting.job else { return false }
                return new.algorithm != algorithm || new.work.seed != job.work.seed
            },
            progress: { done in
                let percent = Int(done * 100)
                let isNews = told.withLock { last in
                    defer { last = max(last, percent) }
                    return percent > last
                }
                if isNews { events.send(.settling(device, percent: percent)) }
            })
        let settlement = try lane.settle(settling)
        for remark in seat.news(lane.remarks) { events.send(.remark(device, remark)) }
        switch settlement {
        case .settled, .cancelled: return nil
        case .deferred(let delay): return .now + delay
        case .refused(let reason):
            if seat.isNewRefusal(reason) { events.send(.slower(device, reason: reason)) }
            return nil
        }
    }

    private func handOn(_ candidates: [Candidate], _ nonces: Range<UInt64>, _ job: Job) {
        var previous: UInt32?
        for candidate in candidates.count > 1 ? candidates.sorted(by: { $0.nonce < $1.nonce }) : candidates {
            let nonce = candidate.nonce
            defer { previous = nonce }
            // What a pool would see as a duplicate, or another lane may find too, is a fault of the device.
            if !nonces.contains(UInt64(nonce)) {
                events.send(.wrongHash(device, nonce: nonce, reason: "it was asked for \(nonces.lowerBound) to \(nonces.upperBound - 1)"))
            } else if nonce == previous {
                events.send(.wrongHash(device, nonce: nonce, reason: "it was reported twice"))
            } else {
                verifier.submit(Verifier.Claim(kind: .candidate, device: device, job: job, candidate: candidate))
            }
        }
    }

    private func audit(_ candidates: [Candidate], _ nonces: Range<UInt64>, _ job: Job) throws {
        // One digest in 2⁶⁴ meets no target at all.
        guard candidates.count >= nonces.count - 1 else {
            throw DeviceError(
                device: device, reason: "a batch of \(nonces.count) nonces gave only \(candidates.count) digests")
        }
        if let sample = candidates.filter({ !job.target.isMet(by: $0.proof) }).randomElement() {
            verifier.submit(Verifier.Claim(kind: .sample, device: device, job: job, candidate: sample))
        }
    }
}
