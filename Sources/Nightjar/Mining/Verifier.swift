import NightjarAlgorithms
import NightjarCPU
import NightjarCore
import NightjarDevices
import NightjarPlatform

/// The one way from a device's claim to a share: the CPU hashes every candidate again, on a thread of its own.
///
/// Its queue is bounded: lanes that find faster than it verifies wait for it, and nothing is dropped. It is short,
/// because what waits there grows stale.
final class Verifier: Sendable {
    /// What a device says a nonce's digest is.
    struct Claim: Sendable {
        enum Kind: Sendable {
            /// It meets the job's target: becomes a share, when true.
            case candidate
            /// It does not: hashed again to see whether the device still computes rightly.
            case sample
        }

        let kind: Kind
        /// Of the device.
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

    /// Verifies what is queued, ends, and blocks the calling thread until then. Nothing may be submitted any more.
    func stop() {
        queue.close()
        thread.join()
    }

    /// The same for a task.
    func stopped() async {
        queue.close()
        await thread.joined()
    }

    /// What the thread works with: the lane of the algorithm in hand, made when it is first needed.
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

        /// What is wrong with a claim, given the true proof.
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
