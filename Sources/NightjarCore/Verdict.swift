/// What is found of a share that a miner claims.
public enum Verdict: String, Sendable, Hashable, CaseIterable {
    /// The result is right, and meets the target.
    case ok
    /// Hashing the input gives another result.
    case wrongResult = "wrong result"
    /// The claimed result does not meet the target, whether or not it is right.
    case aboveTarget = "above target"
    /// The claimed result is not the commitment to the input and the claimed hash.
    case wrongCommitment = "wrong commitment"
}
