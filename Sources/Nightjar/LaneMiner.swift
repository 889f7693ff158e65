import NightjarCPU
import NightjarCore
import NightjarDevices
import NightjarPlatform
import Synchronization

/// What a lane does in a mining run: fetch nonces, scan them, hand on what it finds, until its algorithm is over.
struct LaneMiner {
    let device: DeviceID
    let algorithm: Algorithm
    let settles: Bool
    let board: JobBoard
    let verifier: Verifier
    let foresight: Foresight
    let events: EventChannel<MiningEvent>
    let health: HealthRecord
    let counter: MiningDevice.Counter
    let auditInterval: Duration

    func run(_ lane: any Lane, _ seat: LaneGroup.Seat) throws {
        var candidates: [Candidate] = []
        candidates.reserveCapacity(lane.mostBatch)
        var posting = board.posting
        while !posting.isClosed, !seat.isCancelled {
            try health.demandTrust()
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
                    let isAudit = health.isAuditDue(every: auditInterval)
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
                health.note(isRight: false)
                events.send(
                    .wrongHash(
                        device, nonce: nonce,
                        reason: "it was asked for \(nonces.lowerBound) to \(nonces.upperBound - 1)"))
            } else if nonce == previous {
                health.note(isRight: false)
                events.send(.wrongHash(device, nonce: nonce, reason: "it was reported twice"))
            } else {
                verifier.submit(Verifier.Claim(kind: .candidate, health: health, job: job, candidate: candidate))
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
            verifier.submit(Verifier.Claim(kind: .sample, health: health, job: job, candidate: sample))
        }
    }
}
