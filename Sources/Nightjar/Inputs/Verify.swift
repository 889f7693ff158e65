import NightjarAlgorithms
import NightjarCore
import NightjarDevices

extension Engine {
    /// Checks a share that a miner claims, by hashing it again.
    ///
    /// What can be refused without hashing is: a claimed result that does not meet the target, and for rx/2 one that is
    /// not the commitment to the claimed hash. Call it from many tasks at once: shares are hashed by all CPU cores or in a
    /// device's batches, as many at once as ``hash(_:algorithm:seed:heights:on:)`` hashes inputs, whatever their seeds and,
    /// on the CPU, their algorithms.
    ///
    /// - Parameters:
    ///   - share: the claim.
    ///   - device: the device that hashes; `nil` takes the first that can run the algorithm.
    /// - Throws: ``NightjarError`` when nothing could be said: what the device lacks.
    public func verify(_ share: ClaimedShare, on device: DeviceID? = nil) async throws(NightjarError) -> Verdict {
        try await core.verification(of: share, on: device).value().verdict
    }

    /// Checks many shares, on all CPU cores, or in batches on another device.
    ///
    /// - Parameters:
    ///   - shares: the claims, of any algorithms and seeds.
    ///   - device: as for one share.
    /// - Returns: a verdict for each share, in their order.
    /// - Throws: as for one share.
    public func verify(
        _ shares: [ClaimedShare], on device: DeviceID? = nil
    ) async throws(NightjarError) -> [Verdict] {
        var pending: [PendingVerification] = []
        for share in shares { pending.append(try core.verification(of: share, on: device)) }
        var verdicts: [Verdict] = []
        for (index, verification) in pending.enumerated() {
            do { verdicts.append(try await verification.value().verdict) } catch {
                // Nothing of the rest is wanted.
                for rest in pending[index...] { rest.giveUp() }
                throw error
            }
        }
        return verdicts
    }
}

/// What was found of a claimed share.
package struct Verification: Sendable, Hashable {
    package let verdict: Verdict
    /// What was computed to be held against the claimed result: the hash, or the commitment; `nil` where nothing was.
    package let computed: Digest?
}

/// A verification that is known at once, or when the share has been hashed.
package struct PendingVerification: Sendable {
    private enum State {
        case known(Verification)
        /// The share's input is queued, as the only one of a list.
        case queued(InputList)
    }

    private let share: ClaimedShare
    private let state: State

    fileprivate init(_ share: ClaimedShare, known: Verification) { (self.share, state) = (share, .known(known)) }

    fileprivate init(_ share: ClaimedShare, queued list: InputList) { (self.share, state) = (share, .queued(list)) }

    /// Blocks the calling thread until it is known.
    package func wait() throws(NightjarError) -> Verification {
        switch state {
        case .known(let verification): verification
        case .queued(let list): share.verification(by: try list.waitForOne())
        }
    }

    /// The same for a task.
    func value() async throws(NightjarError) -> Verification {
        switch state {
        case .known(let verification): verification
        case .queued(let list): share.verification(by: try await list.one())
        }
    }

    /// Nothing waits for it any more.
    func giveUp() {
        if case .queued(let list) = state { list.giveUp() }
    }
}

extension ClaimedShare {
    /// What is found without hashing the input as the algorithm does; `nil` when that is needed.
    package var refusal: Verification? {
        if let target, !target.isMet(by: result) { return Verification(verdict: .aboveTarget, computed: nil) }
        guard let rawHash else { return nil }
        let compared = work.proof(rawHash).compared
        return compared == result ? nil : Verification(verdict: .wrongCommitment, computed: compared)
    }

    /// - Parameter digest: the hash of the input.
    package func verification(by digest: Digest) -> Verification {
        let compared = work.proof(digest).compared
        let isRight = compared == result && (rawHash == nil || rawHash == digest)
        return Verification(verdict: isRight ? .ok : .wrongResult, computed: compared)
    }
}

extension EngineCore {
    /// Begins to verify a share.
    ///
    /// - Parameter device: the device that hashes; `nil` takes the first that can run the algorithm.
    /// - Throws: ``NightjarError`` when the share cannot be hashed.
    package func verification(
        of share: ClaimedShare, on device: DeviceID?
    ) throws(NightjarError) -> PendingVerification {
        if let refusal = share.refusal { return PendingVerification(share, known: refusal) }
        let work = share.work
        let list = InputList(CollectionOfOne(work.input), algorithm: work.algorithm, epoch: work.epoch)
        try submit(list, on: self.device(for: work.algorithm, device))
        return PendingVerification(share, queued: list)
    }
}
