import Nightjar
import NightjarCPU
import NightjarDevices
import TestSupport
import Testing

/// rx/2 from nonce to share: the target is compared with the commitment, and a share carries both.
@Suite(.serialized, .timeLimit(.minutes(10))) struct CommitmentTests {
    private let cpu = CPUBackend()

    /// The benchmark's input, so that the known answers and the job share a cache.
    private func job(_ nonces: NonceSpace) throws -> Job {
        Job(
            name: "a", work: try KnownAnswers.benchmark(.rx2), target: Target(difficulty: try #require(Difficulty(4))),
            nonces: nonces)
    }

    @Test func sharesAreNoncesWhoseCommitmentMeetsTheTarget() async throws {
        let engine = try Engine(threads: 2, backends: [cpu], verifier: cpu)
        let job = try job(NonceSpace(first: 0, last: 7))
        var shares: [UInt32: Share] = [:]
        for try await share in engine.search(job) { shares[share.nonce] = share }
        var hashesThatWouldMeetIt = 0
        for nonce in job.nonces.range.map(UInt32.init) {
            let proof = try await engine.proof(of: job.work.fixed(nonce: nonce))
            let commitment = try #require(proof.commitment)
            #expect(shares[nonce]?.proof == (job.target.isMet(by: commitment) ? proof : nil))
            if job.target.isMet(by: proof.digest) != job.target.isMet(by: commitment) { hashesThatWouldMeetIt += 1 }
        }
        #expect(!shares.isEmpty)
        // Comparing the hash would have shown.
        #expect(hashesThatWouldMeetIt > 0)
        await engine.releaseLanes()
    }

    @Test func aWrongCommitmentIsNoShare() async throws {
        let fake = FakeBackend(.wrongCommitments, cpu: cpu)
        let mining = try Engine(backends: [fake], verifier: cpu).startMining()
        mining.setJob(try job(NonceSpace(first: 0, last: 1)))
        var wrong: Set<UInt32> = []
        for await event in mining.events {
            if case .wrongHash(FakeBackend.id, let nonce, let reason) = event {
                #expect(reason == "its commitment is wrong")
                wrong.insert(nonce)
            }
            if case .share = event { Issue.record("a share with a wrong commitment") }
            if case .failed(_, let reason) = event {
                Issue.record("\(reason)")
                break
            }
            if wrong == [0, 1] { break }
        }
        await mining.stop()
    }
}
