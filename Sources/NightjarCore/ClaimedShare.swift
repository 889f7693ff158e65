/// A share as a miner submits it, before it is verified.
public struct ClaimedShare: Sendable, Hashable {
    /// The input as it stands, with the nonce in it.
    package let work: Work
    /// What is held against the target, as on the wire: the hash, or for rx/2 the commitment.
    package let result: Digest
    /// The hash itself, for algorithms whose result is a commitment to it.
    package let rawHash: Digest?
    /// What the result must not exceed; `nil` to check the result alone.
    package let target: Target?

    /// - Parameters:
    ///   - algorithm: what hashes the input.
    ///   - input: with the nonce in it.
    ///   - seed: the RandomX key, 0 to 60 bytes, for algorithms that need one.
    ///   - height: the block height, for algorithms that need one.
    ///   - result: what is held against the target: the hash, or for rx/2 the commitment.
    ///   - rawHash: for rx/2, the hash to which the result is the commitment. Pools call it `commitment`. Other algorithms
    ///     ignore it.
    ///   - target: what the result must not exceed; `nil` to check the result alone.
    /// - Throws: ``NightjarError`` when such a share cannot be checked: the input is too short or too long, or something
    ///   is missing.
    public init(
        algorithm: Algorithm, input: [UInt8], seed: [UInt8]? = nil, height: UInt64? = nil, result: Digest,
        rawHash: Digest? = nil, target: Target? = nil
    ) throws(NightjarError) {
        let epoch = try Epoch(algorithm, height: height, seed: seed)
        work = try Work(algorithm: algorithm, input: input, epoch: epoch)
        self.result = result
        self.target = target
        guard algorithm.hasCommitment else {
            self.rawHash = nil
            return
        }
        guard let rawHash else { throw .argument("\(algorithm) needs the hash that its result is the commitment to") }
        self.rawHash = rawHash
    }

    /// A share that a device of this machine has found, with its job's target.
    public init(_ share: Share) {
        work = share.work.fixed(nonce: share.nonce)
        result = share.proof.compared
        rawHash = share.proof.commitment == nil ? nil : share.digest
        target = share.target
    }
}
