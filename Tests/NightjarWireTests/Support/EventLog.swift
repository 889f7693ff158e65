import NightjarCore
import NightjarWire
import Synchronization
import TestSupport
import Testing

/// Runs an upstream and keeps its events.
final class EventLog: Sendable {
    private let events = Mutex<[UpstreamEvent]>([])
    private let task = Mutex<Task<Void, Never>?>(nil)

    init(running upstream: any Upstream) {
        let events = { @Sendable [weak self] (event: UpstreamEvent) in
            guard let self else { return }
            self.events.withLock { $0.append(event) }
        }
        let running = Task { await upstream.run(events: events) }
        task.withLock { $0 = running }
    }

    deinit { task.withLock { $0?.cancel() } }

    /// Cancels the upstream and waits for its end.
    func stop() async {
        let task = task.withLock { $0 }
        task?.cancel()
        await task?.value
    }

    var all: [UpstreamEvent] { events.withLock { $0 } }

    var jobs: [UpstreamJob] { all.compactMap { if case .job(let job) = $0 { job } else { nil } } }

    var refusals: [String] { all.compactMap { if case .refused(let reason) = $0 { reason } else { nil } } }

    var disconnections: [String] { all.compactMap { if case .disconnected(let reason) = $0 { reason } else { nil } } }

    var connections: Int { all.count { $0 == .connected } }

    /// Waits for the n-th job, counting from 1.
    func job(_ n: Int = 1) async throws -> UpstreamJob {
        try await eventually("job \(n) after \(all)") { jobs.count >= n ? jobs[n - 1] : nil }
    }

    func refusal(_ n: Int = 1) async throws -> String {
        try await eventually("refusal \(n) after \(all)") { refusals.count >= n ? refusals[n - 1] : nil }
    }

    func disconnection(_ n: Int = 1) async throws -> String {
        try await eventually("disconnection \(n) after \(all)") {
            disconnections.count >= n ? disconnections[n - 1] : nil
        }
    }

    func connected(_ n: Int = 1) async throws {
        try await eventually("connection \(n) after \(all)") { connections >= n }
    }
}

/// Time that passes only by sleeping, and then at once.
final class FakeTime: Sendable {
    private let state = Mutex((now: Duration.zero, sleeps: [Duration]()))

    var sleeps: [Duration] { state.withLock { $0.sleeps } }

    func pass(_ duration: Duration) { state.withLock { $0.now += duration } }

    /// Back-off without jitter in this time.
    var backoff: Backoff {
        Backoff(
            sleep: { [self] duration in
                state.withLock { state in
                    state.now += duration
                    state.sleeps.append(duration)
                }
                // A little real time, so that a pool which is down is not asked in a busy loop.
                try await Task.sleep(for: .milliseconds(2))
            }, now: { [self] in state.withLock { $0.now } }, jitter: { 0 })
    }
}

/// A hash for tests of the wire: Keccak over the input, in place of an algorithm that takes its time.
@Sendable func fakeProof(_ work: Work) -> Proof {
    func keccak(_ input: [UInt8]) -> Digest { Digest(BlockID.keccak256(input)) ?? Digest() }
    let digest = keccak(work.input)
    return Proof(digest: digest, commitment: work.algorithm.hasCommitment ? keccak(work.input + digest.bytes) : nil)
}

/// The first share of `job` under ``fakeProof(_:)``, from the given one of its nonces on.
func find(_ job: Job, skipping: Int = 0) throws -> Share {
    for nonce in job.nonces.range.dropFirst(skipping).prefix(100_000) {
        let proof = fakeProof(job.work.fixed(nonce: UInt32(nonce)))
        if job.target.isMet(by: proof) { return Share(job: job, nonce: UInt32(nonce), proof: proof, device: .cpu) }
    }
    throw WaitedInVain(description: "no share within 100000 nonces")
}
