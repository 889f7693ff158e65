import NightjarCPU
import NightjarCore
import NightjarDevices
import NightjarPlatform
import Synchronization

/// Turns candidates into shares: the CPU hashes each of them again, on threads of its own. There is no other way to a
/// share.
///
/// One thread is enough as a rule. When candidates wait, more threads start, up to one for each processing unit. They
/// stay until the end.
final class Verifier: Sendable {
    /// A nonce with the digest that a device computed.
    struct Claim: WaitingClaim {
        enum Kind: Sendable {
            /// The digest meets the job's target. If it is right, it becomes a share.
            case candidate
            /// The digest misses the target. It is hashed again to see whether the device still computes right.
            case sample
        }

        let kind: Kind
        /// The device's record.
        let health: HealthRecord
        let job: Job
        let unit: WorkUnit
        let candidate: Candidate
        /// When the device handed it up.
        let foundAt: ContinuousClock.Instant

        /// A sample tells of the device's health, whatever its job is worth.
        var worthOf: JobID? { kind == .candidate ? job.id : nil }

        /// The share with the proof `proof`.
        func share(_ proof: Proof) -> Share {
            Share(
                jobID: job.id, unit: unit, target: job.target, nonce: candidate.nonce, proof: proof,
                device: health.device, foundAt: foundAt)
        }
    }

    private struct Crew {
        var threads: [PinnedThread] = []
        /// No more threads than this.
        var most: Int
    }

    private let backend: CPUBackend
    private let events: EventChannel<MiningEvent>
    private let niceness: Int
    private let seeds: Int
    private let queue: ClaimQueue<Claim>
    private let resting: RestingLanes
    private let crew: Locked<Crew>
    private let proven = VerifierJudge.Proven()
    /// The pages that other runs' lanes leave to the first judge.
    private let room: PageReserve.Room

    /// More threads than this would help no machine: a share is a rare thing.
    private static let mostThreads = 16

    /// - Parameters:
    ///   - resting: shared with the verifiers of the engine's other runs.
    ///   - seeds: how many seeds' caches to keep, memory permitting.
    ///   - capacity: how many claims may wait.
    /// - Throws: ``ThreadError`` when not even one thread starts.
    init(
        _ backend: CPUBackend, events: EventChannel<MiningEvent>, niceness: Int, resting: RestingLanes, seeds: Int,
        capacity: Int = 64
    ) throws(ThreadError) {
        let units = max(1, backend.devices.first?.computeUnits ?? 1)
        self.backend = backend
        self.events = events
        self.niceness = niceness
        self.seeds = seeds
        room = backend.roomForVerifier()
        self.resting = resting
        queue = ClaimQueue(capacity: capacity, resting: resting)
        crew = Locked(Crew(most: min(units, Self.mostThreads)))
        let first = try thread("verifier")
        crew.withLock { $0.threads = [first] }
    }

    private func thread(_ name: String) throws(ThreadError) -> PinnedThread {
        let thread = try PinnedThread(name: name, niceness: niceness) {
            [queue, resting, events, backend, proven, room, seeds] in
            var judge = VerifierJudge(backend: backend, proven: proven, room: room, seeds: seeds)
            let thread = backend.movableThread()
            if let thread { resting.add(thread) }
            defer { if let thread { resting.remove(thread) } }
            while let order = queue.take() {
                switch order {
                case .giveUp(let claim): events.send(.stale(claim.share(claim.candidate.proof)))
                case .prepare(let work): judge.prepare(work)
                case .verify(let claim):
                    if let thread { resting.begin(thread) }
                    let event = judge.event(for: claim)
                    if let thread { resting.end(thread) }
                    queue.done()
                    if let event { events.send(event) }
                }
            }
        }
        queue.addThread()
        return thread
    }

    /// For lanes' threads: blocks while too many claims wait.
    func submit(_ claim: Claim) { if queue.put(claim) { grow() } }

    /// Starts one more thread, where the machine has room for it.
    private func grow() {
        crew.withLock { crew in
            guard crew.threads.count < crew.most else { return }
            do { crew.threads.append(try thread("verifier \(crew.threads.count + 1)")) } catch {
                // The limit on threads is reached: those that run are enough, only slower.
                crew.most = crew.threads.count
            }
        }
    }

    /// Candidates of `work` may come soon: prepares for them while none waits.
    func expect(_ work: Work) { queue.expect(work) }

    /// Candidates of these jobs are reported as ``MiningEvent/stale(_:)`` from now on, and not hashed.
    func giveUp(_ jobs: Set<JobID>) { queue.giveUp(jobs) }

    /// Runs a lane on the CPU, which makes room for the verifier by calling ``makeRoom(on:)`` between its batches.
    func besideLane(_ body: () throws -> Void) rethrows {
        queue.enter()
        defer { queue.leave() }
        try body()
    }

    /// See ``RestingLanes/makeRoom(on:)``.
    func makeRoom(on unit: Int?) { queue.makeRoom(on: unit) }

    /// Verifies the queued claims, ends, and blocks the calling thread until then. Nothing may be submitted afterwards.
    func stop() {
        queue.close()
        for thread in crew.withLock({ $0.threads }) { thread.join() }
    }

    /// The same for a task.
    func stopped() async {
        queue.close()
        for thread in crew.withLock({ $0.threads }) { await thread.joined() }
    }
}
