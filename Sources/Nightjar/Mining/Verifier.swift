import NightjarAlgorithms
import NightjarCPU
import NightjarCore
import NightjarDevices
import NightjarPlatform

/// Turns candidates into shares: the CPU hashes each of them again, on a thread of its own. There is no other way to a
/// share.
///
/// Its queue is bounded: lanes that find faster than it verifies wait for it, and no candidate is dropped. The queue is
/// short, because a share that waits may become stale.
final class Verifier: Sendable {
    /// A nonce with the digest that a device computed.
    struct Claim: Sendable {
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
    }

    private let queue: BoundedQueue<Claim>
    private let thread: PinnedThread

    /// - Throws: ``ThreadError``.
    init(
        _ backend: CPUBackend, events: EventChannel<MiningEvent>, niceness: Int, capacity: Int = 64
    ) throws(ThreadError) {
        let queue = BoundedQueue<Claim>(capacity: capacity)
        self.queue = queue
        thread = try PinnedThread(name: "verifier", niceness: niceness) {
            var judge = Judge(backend: backend)
            while let claim = queue.take() {
                if let event = judge.event(for: claim) { events.send(event) }
            }
        }
    }

    /// For lanes' threads: blocks while too many claims wait.
    func submit(_ claim: Claim) { queue.put(claim) }

    /// Verifies the queued claims, ends, and blocks the calling thread until then. Nothing may be submitted afterwards.
    func stop() {
        queue.close()
        thread.join()
    }

    /// The same for a task.
    func stopped() async {
        queue.close()
        await thread.joined()
    }

    /// The state of the thread: a lane for the current algorithm, made when it is first needed.
    private struct Judge {
        let backend: CPUBackend
        var lane: (any Lane)?
        var algorithm: Algorithm?
        var work: Work?

        mutating func event(for claim: Claim) -> MiningEvent? {
            let nonce = claim.candidate.nonce
            let device = claim.health.device
            let proof: Proof
            do {
                let work = claim.unit.work
                proof = work.proof(try digest(of: work, nonce: nonce), nonce: nonce)
            } catch {
                // The CPU's fault, not the device's: it says nothing of the device's health.
                return .wrongHash(
                    device, nonce: nonce, reason: "it could not be verified: \(NightjarError(error, on: .cpu).reason)")
            }
            let fault = fault(of: claim, proof)
            claim.health.note(isRight: fault == nil)
            if let fault { return .wrongHash(device, nonce: nonce, reason: fault) }
            switch claim.kind {
            case .sample: return nil
            case .candidate:
                // A device looks at the top word alone: a near miss is no fault, and no share.
                guard claim.job.target.isMet(by: proof) else { return nil }
                return .share(
                    Share(
                        jobID: claim.job.id, unit: claim.unit, target: claim.job.target, nonce: nonce, proof: proof,
                        device: device))
            }
        }

        /// The fault of a claim, in words, by the true proof; `nil` for none.
        private func fault(of claim: Claim, _ proof: Proof) -> String? {
            guard proof.digest == claim.candidate.digest else {
                return "it says \(claim.candidate.digest), the CPU \(proof.digest)"
            }
            guard proof == claim.candidate.proof else { return "its commitment is wrong" }
            if claim.kind == .candidate, !claim.job.target.mayBeMet(byTop: proof.compared.work) {
                return "\(proof.compared) does not meet the target"
            }
            return nil
        }

        private mutating func digest(of work: Work, nonce: UInt32) throws -> Digest {
            if algorithm != work.algorithm {
                lane = nil
                self.work = nil
                algorithm = nil
                let new = try backend.lane(work.algorithm)
                _ = try new.passKnownAnswers(of: work.algorithm, on: .cpu)
                lane = new
                algorithm = work.algorithm
            }
            guard let lane else { throw NightjarError(device: .cpu, reason: "there is no lane to verify on") }
            if self.work != work {
                self.work = nil
                try lane.prepare(work)
                self.work = work
            }
            return try lane.digest(nonce: nonce)
        }
    }
}
