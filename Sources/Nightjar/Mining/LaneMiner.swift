import NightjarCPU
import NightjarCore
import NightjarDevices
import NightjarPlatform
import Synchronization

/// What a lane does in a mining run: fetch nonces, scan them, hand on what it finds, until its algorithm is over.
struct LaneMiner {
    let device: DeviceID
    let algorithm: Algorithm
    let context: MiningContext
    let health: HealthRecord
    let counter: MiningDevice.Counter

    private var board: JobBoard { context.board }
    private var events: EventChannel<MiningEvent> { context.events }

    /// Nonces of an audit, at most. One of them is hashed again; the others show that the device leaves none out.
    static let mostAudited = 64

    func run(_ lane: any Lane, _ seat: LaneGroup.Seat) throws {
        var candidates: [Candidate] = []
        candidates.reserveCapacity(lane.mostCandidates)
        var posting = board.posting
        while !posting.isClosed, !seat.isCancelled {
            try health.demandTrust()
            guard let job = posting.job else {
                posting = board.wait(after: posting.generation)
                continue
            }
            guard job.algorithm == algorithm else { return }
            guard var (number, unit) = posting.unit.map({ ($0.number, $0.unit) }) else {
                // Nothing is left of it.
                if case .exhausted(first: true) = board.reserve(1, generation: posting.generation) {
                    events.send(.exhausted(job.id))
                }
                posting = board.wait(after: posting.generation)
                continue
            }
            try lane.prepare(unit.work)
            var nextSettling = try settle(lane, seat, unit.work.epoch)
            expectNextEpoch(job, after: unit.work.epoch)
            batches: while board.generation == posting.generation {
                if let due = nextSettling, ContinuousClock.now >= due {
                    nextSettling = try settle(lane, seat, unit.work.epoch)
                }
                switch board.reserve(Self.batch(lane, job.target), generation: posting.generation) {
                case .outdated:
                    break batches
                case .exhausted(let first):
                    if first { events.send(.exhausted(job.id)) }
                    _ = board.wait(after: posting.generation)
                case .nonces(let nonces, unit: let wanted):
                    if wanted != number {
                        guard let next = job.source.unit(wanted) else {
                            throw NightjarError(device: device, reason: "job \(job.id) lost its work number \(wanted)")
                        }
                        (number, unit) = (wanted, next)
                        try lane.prepare(unit.work)
                    }
                    // An audit is a part of an ordinary batch: it costs nothing extra, and shows what the device makes
                    // of nonces that it would keep to itself.
                    let audit = health.isAuditDue(every: context.auditInterval) ? Self.audit(of: nonces) : nil
                    candidates.removeAll(keepingCapacity: true)
                    try lane.scan(nonces, target: job.target, audit: audit, into: &candidates)
                    counter.value.wrappingAdd(UInt64(nonces.count), ordering: .relaxed)
                    try handOn(candidates, nonces, audit ?? 0..<0, job, unit)
                }
            }
            posting = board.posting
        }
    }

    /// Lets the lane settle on the job's seed, as long as that is what the board wants.
    ///
    /// - Returns: when to ask again; `nil` for never.
    private func settle(
        _ lane: any Lane, _ seat: LaneGroup.Seat, _ epoch: Epoch
    ) throws -> ContinuousClock.Instant? {
        guard context.settles else { return nil }
        let (board, events, device, algorithm) = (board, events, device, algorithm)
        let told = Monitor(-1)
        let settling = Settling(
            isCancelled: {
                let posting = board.posting
                if posting.isClosed || seat.isCancelled { return true }
                // A newer job with the same seed is served as well; while there is none at all, one of the same seed is
                // what to expect.
                guard let new = posting.job else { return false }
                return new.algorithm != algorithm || posting.unit.map { $0.unit.work.epoch.seed != epoch.seed } ?? false
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

    /// Makes ready for the epoch that the job announces, or, of heights, for the next one.
    private func expectNextEpoch(_ job: Job, after epoch: Epoch) {
        if let next = job.nextEpoch, next != epoch { context.preparer.expect(algorithm, next) }
        if case .height(let height) = epoch, height < .max {
            context.preparer.expect(algorithm, .height(height + 1))
        }
    }

    /// How many nonces to scan at once: a batch; or fewer, if the target is so easy that a batch's candidates would have
    /// no room.
    private static func batch(_ lane: any Lane, _ target: Target) -> Int {
        let (batch, room) = (lane.batch, lane.mostCandidates)
        guard batch > room else { return batch }
        // One candidate in so many nonces is expected; twice the room for those that come up by chance.
        let (count, isMany) = (UInt64.max / max(1, target.top)).multipliedReportingOverflow(by: UInt64(room / 2))
        return isMany ? batch : min(batch, max(room, Int(clamping: count)))
    }

    /// One of the parts of ``mostAudited`` nonces that a batch has, any of them.
    private static func audit(of nonces: Range<UInt64>) -> Range<UInt64> {
        let size = UInt64(mostAudited)
        let parts = (UInt64(nonces.count) + size - 1) / size
        let first = nonces.lowerBound + size * .random(in: 0..<parts)
        return first..<min(first + size, nonces.upperBound)
    }

    private func handOn(
        _ candidates: [Candidate], _ nonces: Range<UInt64>, _ audit: Range<UInt64>, _ job: Job, _ unit: WorkUnit
    ) throws {
        var previous: UInt32?
        // Of the audit; and those that cannot be, each of which counts as a wrong hash by itself.
        var (audited, strays) = (0, 0)
        var samples: [Candidate] = []
        for candidate in candidates.count > 1 ? candidates.sorted(by: { $0.nonce < $1.nonce }) : candidates {
            let nonce = candidate.nonce
            defer { previous = nonce }
            // What a pool would see as a duplicate, or another lane may find too, is a fault of the device.
            if !nonces.contains(UInt64(nonce)) {
                strays += 1
                health.note(isRight: false)
                events.send(
                    .wrongHash(
                        device, nonce: nonce,
                        reason: "it was asked for \(nonces.lowerBound) to \(nonces.upperBound - 1)"))
                continue
            }
            if nonce == previous {
                strays += 1
                health.note(isRight: false)
                events.send(.wrongHash(device, nonce: nonce, reason: "it was reported twice"))
                continue
            }
            let isAudited = audit.contains(UInt64(nonce))
            if isAudited { audited += 1 }
            if isAudited, !job.target.mayBeMet(byTop: candidate.proof.compared.work) {
                samples.append(candidate)
            } else {
                submit(.candidate, candidate, job, unit)
            }
        }
        guard audited + strays >= audit.count else {
            throw NightjarError(
                device: device, reason: "an audit of \(audit.count) nonces gave only \(audited) digests")
        }
        if let sample = samples.randomElement() { submit(.sample, sample, job, unit) }
    }

    private func submit(_ kind: Verifier.Claim.Kind, _ candidate: Candidate, _ job: Job, _ unit: WorkUnit) {
        context.verifier.submit(
            Verifier.Claim(kind: kind, health: health, job: job, unit: unit, candidate: candidate))
    }
}
