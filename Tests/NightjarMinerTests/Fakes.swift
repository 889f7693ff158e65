import Nightjar
import NightjarCore
import NightjarMiner
import NightjarPlatform
import NightjarWire
import Synchronization
import TestSupport

/// Lanes that find what a test says.
final class FakeHashing: Hashing {
    let events: AsyncStream<MiningEvent>
    private let sink: AsyncStream<MiningEvent>.Continuation
    private let state = Locked(State())

    struct State {
        var jobs: [Job?] = []
        var hashes: UInt64 = 0
        var stopped = 0
        var worthless: Set<JobID> = []
        var hangs = false
        var onJob: (@Sendable (Job?, FakeHashing) -> Void)?
        var onStop: (@Sendable (FakeHashing) -> Void)?
    }

    init() { (events, sink) = AsyncStream.makeStream(of: MiningEvent.self) }

    /// Called with every job that is set.
    func onJob(_ body: @escaping @Sendable (Job?, FakeHashing) -> Void) { state.withLock { $0.onJob = body } }

    /// Called when the miner stops the lanes, before the events end: what a verifier still had in hand.
    func onStop(_ body: @escaping @Sendable (FakeHashing) -> Void) { state.withLock { $0.onStop = body } }

    /// Whether ``stop()`` does not return.
    func hang(_ hangs: Bool) { state.withLock { $0.hangs = hangs } }

    func send(_ event: MiningEvent) { sink.yield(event) }

    /// Finds a share of `job` with each of `nonces`.
    func find(_ nonces: Range<UInt32>, _ job: Job, on device: DeviceID = .cpu) {
        for nonce in nonces {
            state.withLock { $0.hashes += 10 }
            send(.share(Share(job: job, nonce: nonce, digest: Digest(words: (0, 0, 0, UInt64(nonce))), device: device)))
        }
    }

    var jobs: [Job?] { state.withLock { $0.jobs } }
    var stopped: Int { state.withLock { $0.stopped } }

    func setJob(_ job: Job?) {
        let body = state.withLock {
            $0.jobs.append(job)
            return $0.onJob
        }
        body?(job, self)
    }

    /// The jobs that the miner called worthless last.
    var worthless: Set<JobID> { state.withLock { $0.worthless } }

    func giveUp(_ jobs: Set<JobID>) { state.withLock { $0.worthless = jobs } }

    func hashCounts() -> [(device: DeviceID, hashes: UInt64)] { [(.cpu, state.withLock { $0.hashes })] }

    func health() -> [DeviceHealth] {
        [DeviceHealth(device: .cpu, state: .working, checked: 200, wrong: 1, rebuilds: 0)]
    }

    func stop() async {
        let body = state.withLock {
            $0.stopped += 1
            return $0.onStop
        }
        body?(self)
        // Lanes that cannot be told to end, until the test lets them.
        while state.withLock({ $0.hangs }) { try? await Task.sleep(for: .milliseconds(5)) }
        sink.finish()
    }
}

/// An upstream that says what a test says.
final class FakeUpstream: Upstream {
    let name = "fake:1"
    let events: AsyncStream<UpstreamEvent>
    private let sink: AsyncStream<UpstreamEvent>.Continuation
    private let answer: @Sendable (Share) async -> ShareOutcome
    let submitted = Locked<[Share]>([])

    init(
        _ first: [UpstreamEvent] = [], answer: @escaping @Sendable (Share) async -> ShareOutcome = { _ in .accepted }
    ) {
        (events, sink) = AsyncStream.makeStream(of: UpstreamEvent.self)
        self.answer = answer
        for event in first { sink.yield(event) }
    }

    func send(_ event: UpstreamEvent) { sink.yield(event) }

    func run(events send: @escaping @Sendable (UpstreamEvent) -> Void) async {
        for await event in events { send(event) }
    }

    func submit(_ share: Share) async -> ShareOutcome {
        submitted.withLock { $0.append(share) }
        return await answer(share)
    }
}

/// Keeps what it is told.
final class FakeReporter: Reporter {
    private let kept = Locked<[MinerEvent]>([])
    private let on: @Sendable (MinerEvent) -> Void

    init(on: @escaping @Sendable (MinerEvent) -> Void = { _ in }) { self.on = on }

    func report(_ event: MinerEvent) {
        kept.withLock { $0.append(event) }
        on(event)
    }

    var events: [MinerEvent] { kept.withLock { $0 } }
    var shares: [ShareReport] {
        events.compactMap { if case .share(let share) = $0 { share } else { nil } }
    }
}

/// A job with an easy target.
func job(_ id: String, height: UInt64 = 7, parent: UInt8? = nil, endsEarlierJobs: Bool = false) -> UpstreamJob {
    do {
        let work = try Work(algorithm: .cn2, input: [UInt8](repeating: 1, count: 76), nonceOffset: 39)
        return UpstreamJob(
            job: Job(name: id, work: work, target: .easiest), height: height,
            difficulty: PoolDifficulty(hashes: 1), parent: parent.map { [$0] }, endsEarlierJobs: endsEarlierJobs)
    } catch { fatalError("a test's job is sound: \(error)") }
}
