import Nightjar
import NightjarCore
import NightjarWire

/// The way of a share from the lanes into the ledger and to the pool, and of the answer back.
extension Miner {
    func send(_ share: Share) {
        let (id, difficulty) = note(share)
        book.submitted(id)
        let sent = clock.now
        pending[id] = Pending(
            share: share, difficulty: difficulty, submitted: sent,
            isOfAnotherBlock: jobs[share.jobID].map(jobs.isOfAnotherBlock) ?? false)
        shareLimit.began()
        let waited = share.foundAt.map { max(0, (sent - $0) / .milliseconds(1)) }
        report(id, share, difficulty, .submitted, waited: waited)
        pending[id]?.task = Task { [upstream] in
            let outcome = await upstream.submit(share)
            self.finish(id, outcome)
        }
        restOrResume()
    }

    /// Ends a share without sending it: its job is worthless.
    func giveUp(_ share: Share) {
        let (id, difficulty) = note(share)
        let reason = "its job was over before it could be sent"
        book.finished(id, as: .stale, reason: reason, latency: nil)
        summary.count(.stale)
        report(id, share, difficulty, .stale, reason: reason)
    }

    /// Counts a found share and writes it into the ledger.
    private func note(_ share: Share) -> (id: Int64, difficulty: PoolDifficulty) {
        summary.found += 1
        let job = jobs[share.jobID]
        let difficulty = job?.difficulty ?? PoolDifficulty(hashes: share.target.difficulty.value)
        let pool = jobs.pool(of: share.jobID) ?? upstream.name(of: share.jobID)
        let id = book.found(share, pool: pool, height: job?.height, difficulty: difficulty)
        report(id, share, difficulty, .found, met: difficulty.met(by: share.proof.compared))
        return (id, difficulty)
    }

    func finish(_ id: Int64, _ outcome: ShareOutcome) {
        // An answer is too late when its share has already expired at the end of the run.
        guard let entry = pending.removeValue(forKey: id) else { return }
        let (state, reason): (ShareState, String?) =
            switch outcome {
            case .accepted: (.accepted, nil)
            case .rejected(let words): (.rejected, words)
            case .stale(let words): (.stale, words)
            case .expired(let words): (.expired, words)
            }
        let answered = state == .expired ? nil : entry.submitted.map { Int64((clock.now - $0) / .milliseconds(1)) }
        book.finished(id, as: state, reason: reason, latency: answered)
        summary.count(state)
        shareLimit.ended(counts: state == .accepted || state == .rejected)
        if state == .stale, entry.isOfAnotherBlock {
            jobs.refused(by: jobs.pool(of: entry.share.jobID) ?? upstream.name)
            hashing.giveUp(jobs.worthless)
        }
        report(id, entry.share, entry.difficulty, state, reason: reason, latency: answered)
        if shareLimit.isReached { stop(.shares) }
        restOrResume()
        if !room.isEmpty { room.removeFirst().resume() }
        if pending.isEmpty {
            answersWaiter?.resume()
            answersWaiter = nil
        }
    }

    func report(
        _ id: Int64, _ share: Share, _ difficulty: PoolDifficulty, _ state: ShareState, reason: String? = nil,
        latency: Int64? = nil, waited: Double? = nil, met: PoolDifficulty? = nil
    ) {
        reporter.report(
            .share(
                ShareReport(
                    id: id, job: share.jobID.name, device: share.device.description, difficulty: difficulty,
                    state: state, reason: reason, latency: latency, waited: waited, met: met)),
            from: EventSource(pool: jobs.pool(of: share.jobID) ?? upstream.name(of: share.jobID)))
    }

    /// Lets the lanes rest while the shares under way could reach the limit on shares, of all teams together.
    func restOrResume() {
        guard end == nil, resting != shareLimit.isEnough else { return }
        resting.toggle()
        post()
    }
}
