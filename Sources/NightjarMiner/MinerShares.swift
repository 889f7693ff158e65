import Nightjar
import NightjarCore
import NightjarWire

/// A share's way from the lanes into the ledger and to the pool, and the answer's way back.
extension Miner {
    func send(_ share: Share) {
        summary.found += 1
        // Its own job's height is in its work when the algorithm needs one; else the current job's, if it is the same.
        let height = share.job.work.height ?? (job?.job.id == share.job.id ? job?.height : nil)
        let id = book.found(share, pool: upstream.name, height: height)
        report(id, share, .found, met: share.proof.compared.work == 0 ? .max : .max / share.proof.compared.work)
        book.submitted(id)
        let sent = clock.now
        pending[id] = Pending(share: share, submitted: sent)
        report(id, share, .submitted)
        pending[id]?.task = Task { [upstream] in
            let outcome = await upstream.submit(share)
            self.finish(id, outcome)
        }
        restOrResume()
    }

    func finish(_ id: Int64, _ outcome: ShareOutcome) {
        // An answer that comes after its share expired at the end of the run is too late to count.
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
        report(id, entry.share, state, reason: reason, latency: answered)
        if let wanted = limits.shares, summary.accepted + summary.rejected >= wanted { stop(.shares) }
        restOrResume()
        if !room.isEmpty { room.removeFirst().resume() }
        if pending.isEmpty {
            answersWaiter?.resume()
            answersWaiter = nil
        }
    }

    func report(
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
    func restOrResume() {
        guard let wanted = limits.shares, end == nil else { return }
        let enough = summary.accepted + summary.rejected + pending.count >= wanted
        resting = enough
        post()
    }
}
