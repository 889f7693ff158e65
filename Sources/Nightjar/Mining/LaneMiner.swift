import NightjarCPU
import NightjarCore
import NightjarDevices
import NightjarPlatform
import Synchronization

/// The work of a lane in a mining run: it takes nonces, scans them and hands on the candidates, until the algorithm
/// changes.
struct LaneMiner {
    let device: DeviceID
    let algorithm: Algorithm
    let context: MiningContext
    let health: HealthRecord
    let counter: MiningDevice.Counter

    private var board: JobBoard { context.board }
    private var events: EventChannel<MiningEvent> { context.events }

    /// The most nonces of an audit. The CPU hashes one of them again; the others show that the device leaves none out.
    static let mostAudited = 64

    func run(_ lane: any Lane, _ seat: LaneGroup.Seat) throws {
        guard device == .cpu else { return try mine(lane, seat) }
        try context.verifier.besideLane { try mine(lane, seat) }
    }

    private func mine(_ lane: any Lane, _ seat: LaneGroup.Seat) throws {
        var candidates: [Candidate] = []
        candidates.reserveCapacity(lane.mostCandidates)
        var posting = board.posting
        var isComparing = lane.isComparing
        let units = lane.facts.units
        let unitOfLane = units.count == 1 ? units[0] : nil
        while !posting.isClosed, !seat.isCancelled {
            try health.demandTrust()
            guard let job = posting.job else {
                posting = board.wait(after: posting.generation)
                continue
            }
            guard job.algorithm == algorithm else { return }
            guard var (number, unit) = posting.unit.map({ ($0.number, $0.unit) }) else {
                // No nonce of the job is left.
                if case .exhausted(first: true) = board.reserve(1, generation: posting.generation) {
                    events.send(.exhausted(job.id))
                }
                posting = board.wait(after: posting.generation)
                continue
            }
            var works = try lane.prepare(unit.work, siblings: unit.siblings) + 1
            var nextSettling = try settle(lane, seat, unit.work.epoch)
            expectNextEpoch(job, after: unit.work.epoch)
            context.verifier.expect(unit.work)
            batches: while board.generation == posting.generation {
                if let due = nextSettling, ContinuousClock.now >= due {
                    nextSettling = try settle(lane, seat, unit.work.epoch)
                }
                if device == .cpu { context.verifier.makeRoom(on: unitOfLane) }
                switch board.reserve(Self.batch(lane, job.target, works: works), generation: posting.generation) {
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
                        works = try lane.prepare(unit.work, siblings: unit.siblings) + 1
                    }
                    // An audit is a part of an ordinary batch. It costs nothing extra, and shows the digests of nonces
                    // that a scan does not hand up.
                    let audit = health.isAuditDue(every: context.auditInterval) ? Self.audit(of: nonces) : nil
                    candidates.removeAll(keepingCapacity: true)
                    try lane.scan(nonces, target: job.target, audit: audit, into: &candidates)
                    counter.value.wrappingAdd(UInt64(nonces.count * works), ordering: .relaxed)
                    try handOn(candidates, nonces, audit ?? 0..<0, works: works, job, unit)
                    if isComparing, !lane.isComparing {
                        isComparing = false
                        tell(lane.remarks, seat)
                    }
                }
            }
            posting = board.posting
        }
    }

    /// Lets the lane settle on the job's seed, as long as the board's job has that seed.
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
                // A newer job may have the same seed. While there is no job, the next one will probably have it.
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
        tell(lane.remarks, seat)
        switch settlement {
        case .settled, .cancelled: return nil
        case .deferred(let delay): return .now + delay
        case .refused(let reason):
            if seat.isNewRefusal(reason) { events.send(.slower(device, reason: reason)) }
            return nil
        }
    }

    private func tell(_ remarks: [String], _ seat: LaneGroup.Seat) {
        for remark in seat.news(remarks) { events.send(.remark(device, remark)) }
    }

    /// Prepares the epoch that the job announces; for heights, the next height.
    private func expectNextEpoch(_ job: Job, after epoch: Epoch) {
        if let next = job.nextEpoch, next != epoch { context.preparer.expect(algorithm, next) }
        if case .height(let height) = epoch, height < .max {
            context.preparer.expect(algorithm, .height(height + 1))
        }
    }

    /// The nonces to scan at once: a batch. Fewer when the target is so easy that a batch would have more candidates
    /// than there is room for.
    ///
    /// - Parameter works: how many works each nonce is hashed for.
    private static func batch(_ lane: any Lane, _ target: Target, works: Int) -> Int {
        let (batch, room) = (lane.batch, lane.mostCandidates / works)
        guard batch > room else { return batch }
        // On average, this many nonces fill half of the room. The other half is for chance.
        let (count, isMany) = (UInt64.max / max(1, target.top)).multipliedReportingOverflow(by: UInt64(room / 2))
        return isMany ? batch : min(batch, max(room, Int(clamping: count)))
    }

    /// A random part of the batch, of ``mostAudited`` nonces.
    private static func audit(of nonces: Range<UInt64>) -> Range<UInt64> {
        let size = UInt64(mostAudited)
        let parts = (UInt64(nonces.count) + size - 1) / size
        let first = nonces.lowerBound + size * .random(in: 0..<parts)
        return first..<min(first + size, nonces.upperBound)
    }

    private func handOn(
        _ candidates: [Candidate], _ nonces: Range<UInt64>, _ audit: Range<UInt64>, works: Int, _ job: Job,
        _ unit: WorkUnit
    ) throws {
        var previous: Candidate?
        // The candidates of the audit, and the impossible ones. Each of the latter counts as a wrong hash.
        var (audited, strays) = (0, 0)
        var samples: [Candidate] = []
        for candidate in candidates.count > 1 ? candidates.sorted(by: Self.isBefore) : candidates {
            let nonce = candidate.nonce
            defer { previous = candidate }
            // A pool would see a duplicate, or another lane may find the nonce too: this is a fault of the device.
            if !nonces.contains(UInt64(nonce)) || !(0..<works).contains(candidate.sibling) {
                strays += 1
                health.note(isRight: false)
                events.send(
                    .wrongHash(
                        device, nonce: nonce,
                        reason: "it was asked for \(nonces.lowerBound) to \(nonces.upperBound - 1)"))
                continue
            }
            if nonce == previous?.nonce, candidate.sibling == previous?.sibling {
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
        guard audited + strays >= audit.count * works else {
            throw NightjarError(
                device: device, reason: "an audit of \(audit.count * works) hashes gave only \(audited) digests")
        }
        if let sample = samples.randomElement() { submit(.sample, sample, job, unit) }
    }

    private static func isBefore(_ a: Candidate, _ b: Candidate) -> Bool {
        (a.nonce, a.sibling) < (b.nonce, b.sibling)
    }

    private func submit(_ kind: Verifier.Claim.Kind, _ candidate: Candidate, _ job: Job, _ unit: WorkUnit) {
        context.verifier.submit(
            Verifier.Claim(
                kind: kind, health: health, job: job, unit: unit.alone(candidate.sibling), candidate: candidate,
                foundAt: .now))
    }
}
