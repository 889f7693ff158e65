/// A nonce that a lane says is good: not yet verified.
public struct Candidate: Sendable, Hashable {
    public let nonce: UInt32
    /// The digest, and the commitment where there is one, as the device computed them.
    public let proof: Proof

    public init(nonce: UInt32, proof: Proof) {
        self.nonce = nonce
        self.proof = proof
    }

    /// For algorithms without a commitment.
    public init(nonce: UInt32, digest: Digest) { self.init(nonce: nonce, proof: Proof(digest: digest)) }

    public var digest: Digest { proof.digest }
}

/// A nonce that the CPU has verified to meet its job's target.
public struct Share: Sendable, Hashable {
    public let job: Job
    public let nonce: UInt32
    /// The digest, and the commitment where there is one, as the verifier computed them.
    public let proof: Proof
    /// The device that found it.
    public let device: DeviceID

    public init(job: Job, nonce: UInt32, proof: Proof, device: DeviceID) {
        self.job = job
        self.nonce = nonce
        self.proof = proof
        self.device = device
    }

    /// For algorithms without a commitment.
    public init(job: Job, nonce: UInt32, digest: Digest, device: DeviceID) {
        self.init(job: job, nonce: nonce, proof: Proof(digest: digest), device: device)
    }

    public var digest: Digest { proof.digest }
}

/// Where a share stands. It begins as `found` and ends as one of the last four.
public enum ShareState: String, Sendable, Hashable, CaseIterable {
    /// Verified and written down.
    case found
    /// Sent, not yet answered.
    case submitted
    case accepted
    case rejected
    /// Its job was over before it was accepted.
    case stale
    /// Nobody can say any more: the connection or the deadline was lost before an answer.
    case expired

    public var isFinal: Bool { self != .found && self != .submitted }
}
