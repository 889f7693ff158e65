/// A nonce that the CPU has verified to meet its job's target.
public struct Share: Sendable, Hashable {
    /// The job that it was found for, which may have been replaced meanwhile.
    public let jobID: JobID
    /// The Work that it was found in, with the dialect's token.
    package let unit: WorkUnit
    /// What it meets.
    package let target: Target
    /// As a number; ``input`` has it as four little-endian bytes.
    public let nonce: UInt32
    /// The digest, and the commitment where there is one, as the verifier computed them.
    public let proof: Proof
    /// The device that found it.
    public let device: DeviceID
    /// When the device handed it up; `nil` where that is not known.
    package let foundAt: ContinuousClock.Instant?

    package init(
        jobID: JobID, unit: WorkUnit, target: Target, nonce: UInt32, proof: Proof, device: DeviceID,
        foundAt: ContinuousClock.Instant? = nil
    ) {
        self.jobID = jobID
        self.unit = unit
        self.target = target
        self.nonce = nonce
        self.proof = proof
        self.device = device
        self.foundAt = foundAt
    }

    /// The input with the nonce in its place: what a verifier hashes.
    public var input: [UInt8] { unit.work.input(nonce: nonce) }

    /// What its ``WorkUnit`` was made with.
    public var token: [UInt8] { unit.token }

    package var work: Work { unit.work }
    package var algorithm: Algorithm { unit.work.algorithm }
    /// The hash: the digest of ``proof``.
    public var digest: Digest { proof.digest }
}
