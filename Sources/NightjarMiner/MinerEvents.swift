import Nightjar
import NightjarCore
import NightjarWire

extension Miner {
    // MARK: The wire

    func take(_ event: UpstreamEvent) {
        // A run that is ending takes no new work. Answers to shares do not come through here.
        guard end == nil else { return }
        switch event {
        case .connected(let pool):
            trouble = nil
            jobs.connected(to: pool)
            reporter.report(.connected(pool: pool))
        case .disconnected(let pool, let reason, let outage):
            trouble = reason
            job = nil
            // Stop hashing: shares cannot be sent now, and the job will be old when they can.
            post()
            reporter.report(.disconnected(pool: pool, reason: reason, outage))
        case .waiting(let outage): reporter.report(.waiting(outage))
        case .unusable(let reason, let isLast):
            trouble = reason
            reporter.report(.error(isLast ? reason : "\(reason); it is not tried again"))
            if isLast { stop(.noUpstream(reason: reason)) }
        case .warning(let text): reporter.report(.notice("warning: \(text)"))
        case .refused(let pool, let reason):
            trouble = reason
            reporter.report(.error("\(pool): \(reason)"))
        case .job(let new):
            job = new
            let pool = upstream.name(of: new.job.id)
            jobs.take(new, from: pool)
            hashing.giveUp(jobs.worthless)
            hadJob = true
            reporter.report(
                .job(
                    id: new.job.id.name, height: new.height, algorithm: new.job.algorithm.name,
                    difficulty: new.difficulty), from: EventSource(pool: pool))
            // Post the job even when it is the same as before.
            posted = nil
            post()
        }
    }

    /// Gives the lanes the job, or no job while there is a reason to rest.
    func post() {
        let wanted = resting || cooling || !pauses.isEmpty || isReplacing ? nil : job?.job
        guard wanted != posted else { return }
        posted = wanted
        hashing.setJob(wanted)
    }

    // MARK: The engine

    func take(_ event: MiningEvent) async {
        // The event came from lanes that did not end in time.
        guard !isOver else { return }
        switch event {
        case .preparing(let device, let algorithm):
            news.preparing(device, at: clock.now)
            reporter.report(.preparing(device: device.description, algorithm: algorithm.name))
        case .ready(let device, let facts, let explanation):
            let seconds = news.ready(device, at: clock.now)
            let start = MinerEvent.Start(seconds: seconds, words: facts.words(on: device), units: facts.units)
            reporter.report(.ready(device: device.description, lanes: facts.lanes, explanation: explanation, start))
        case .recovering(let device, let reason, let pause, let attempt):
            reporter.report(
                .recovering(device: device.description, reason: reason, seconds: pause / .seconds(1), attempt: attempt))
        case .failed(let device, let reason):
            news.failed(device)
            reporter.report(.error("\(device): \(reason)"))
            if news.haveFailed(devices) { stop(.noDevice(reason: "\(device): \(reason)")) }
        case .settling(let device, let percent):
            reporter.report(.progress(device: device.description, percent: percent))
            guard let part = news.settling(device, percent) else { return }
            reporter.report(.settling(device: device.description, percent: part))
        case .remark(let device, let text): reporter.report(.remark(device: device.description, text))
        case .slower(let device, let reason): reporter.report(.error("\(device): \(reason)"))
        case .share(let share):
            while pending.count >= limits.inFlight, end == nil {
                await withCheckedContinuation { room.append($0) }
            }
            // Its job may have become worthless while it waited.
            if jobs.worthless.contains(share.jobID) { giveUp(share) } else { send(share) }
        case .stale(let share): giveUp(share)
        case .wrongHash(let device, let nonce, let reason):
            guard let count = news.wrongHash(device) else { return }
            let times = count == 1 ? "" : " (\(count) times so far)"
            reporter.report(.error("\(device): wrong hash for nonce \(nonce), not submitted: \(reason)\(times)"))
        case .exhausted(let id):
            reporter.report(.error("job \(id) has no nonces left; waiting for new work"))
        }
    }
}

extension LaneFacts {
    /// `2 threads × 4 hashes, huge pages`.
    fileprivate func words(on device: DeviceID) -> String {
        let name = device == .cpu ? "thread" : "lane"
        var words = "\(lanes) \(name)\(lanes == 1 ? "" : "s")"
        if let hashesAtOnce { words += " × \(hashesAtOnce) \(hashesAtOnce == 1 ? "hash" : "hashes")" }
        switch datasetPages ?? scratchpadPages {
        case .gigantic: words += ", pages of 1 GiB"
        case .huge, .transparent: words += ", huge pages"
        case .plain: words += ", no huge pages"
        case nil: break
        }
        return words
    }
}
