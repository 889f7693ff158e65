/// A nonce that a lane says is good: not yet verified.
public struct Candidate: Sendable, Hashable {
    public let nonce: UInt32
    /// The digest as the device computed it.
    public let digest: Digest

    public init(nonce: UInt32, digest: Digest) {
        self.nonce = nonce
        self.digest = digest
    }
}

/// A nonce that the CPU has verified to meet its job's target.
public struct Share: Sendable, Hashable {
    public let job: Job
    public let nonce: UInt32
    /// The digest as the verifier computed it.
    public let digest: Digest
    /// The device that found it.
    public let device: DeviceID

    public init(job: Job, nonce: UInt32, digest: Digest, device: DeviceID) {
        self.job = job
        self.nonce = nonce
        self.digest = digest
        self.device = device
    }
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
