import NightjarAlgorithms
import NightjarCPU
import NightjarCore
import NightjarDevices
import NightjarPlatform
import Synchronization

/// Judges claims on one thread of the verifier, with a lane for the current algorithm, made when it is first needed.
struct VerifierJudge {
    /// The algorithms whose known answers have passed on a judge of this run. They test the code, which is the same for
    /// all judges, and for RandomX they cost a cache.
    final class Proven: Sendable {
        private let names = Locked<Set<String>>([])

        func contains(_ algorithm: Algorithm) -> Bool { names.withLock { $0.contains(algorithm.name) } }
        func insert(_ algorithm: Algorithm) { names.withLock { _ = $0.insert(algorithm.name) } }
    }

    private let backend: CPUBackend
    private let proven: Proven
    private let room: PageReserve.Room
    private let seeds: Int
    private var lane: (any Lane)?
    private var algorithm: Algorithm?
    private var work: Work?

    /// - Parameters:
    ///   - room: released when there is a lane.
    ///   - seeds: how many seeds' caches to keep, memory permitting.
    init(backend: CPUBackend, proven: Proven, room: PageReserve.Room, seeds: Int) {
        self.backend = backend
        self.proven = proven
        self.room = room
        self.seeds = seeds
    }

    /// The event that a claim leads to; `nil` for none.
    mutating func event(for claim: Verifier.Claim) -> MiningEvent? {
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
            return claim.job.target.isMet(by: proof) ? .share(claim.share(proof)) : nil
        }
    }

    /// The fault of a claim, in words, by the true proof; `nil` for none.
    private func fault(of claim: Verifier.Claim, _ proof: Proof) -> String? {
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
        try ready(for: work).digest(nonce: nonce)
    }

    /// Prepares for candidates of `work`. An error is met again, and told, with the first of them.
    mutating func prepare(_ work: Work) { _ = try? ready(for: work) }

    private mutating func ready(for work: Work) throws -> any Lane {
        if algorithm != work.algorithm {
            lane = nil
            self.work = nil
            algorithm = nil
            let new = try backend.lane(work.algorithm)
            room.release()
            if !proven.contains(work.algorithm) {
                _ = try new.passKnownAnswers(of: work.algorithm, on: .cpu)
                proven.insert(work.algorithm)
            }
            backend.keepSeeds(seeds)
            lane = new
            algorithm = work.algorithm
        }
        guard let lane else { throw NightjarError(device: .cpu, reason: "there is no lane to verify on") }
        if self.work != work {
            self.work = nil
            try lane.prepare(work)
            self.work = work
        }
        return lane
    }
}
