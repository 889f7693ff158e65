import NightjarCore

/// An event of a mining run. Events about one device or one job come in the order in which they happened.
public enum MiningEvent: Sendable, Hashable {
    /// A device builds programs and caches for an algorithm, and checks itself.
    case preparing(DeviceID, algorithm: Algorithm)
    /// Known answers have passed, and the device mines. The facts; and how its lanes were chosen, one sentence each.
    case ready(DeviceID, LaneFacts, explanation: [String])
    /// The device has failed. It is made anew after a pause; the attempts count from 1. The other devices go on. The
    /// reason is one line.
    case recovering(DeviceID, reason: String, after: Duration, attempt: Int)
    /// The device is not used any more: until the algorithm changes, if it cannot run this one, or for the rest of the
    /// run, if it is quarantined. The other devices go on. The reason is one line.
    case failed(DeviceID, reason: String)
    /// A device fills RandomX's dataset for a new seed, in percent. It mines afterwards.
    case settling(DeviceID, percent: Int)
    /// A sentence that belongs to the explanation in ``ready(_:_:explanation:)`` and was not known then.
    case remark(DeviceID, String)
    /// A device mines slower than it could. The reason is one line.
    case slower(DeviceID, reason: String)
    /// A nonce that the CPU has verified. Its job may have been replaced meanwhile: compare `share.jobID`.
    case share(Share)
    /// A nonce whose job had become worthless before the CPU could verify it. Its proof is what the device says.
    case stale(Share)
    /// The CPU got another digest than this device. The nonce is dropped.
    case wrongHash(DeviceID, nonce: UInt32, reason: String)
    /// All nonces of all the work of this job have been tried; the lanes wait for another job.
    case exhausted(JobID)
}
