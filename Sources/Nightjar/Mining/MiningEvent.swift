import NightjarCore

/// What a mining run tells. Events about one device or one job come in the order in which they happened.
public enum MiningEvent: Sendable, Hashable {
    /// A device builds programs and caches for an algorithm, and checks itself.
    case preparing(DeviceID, algorithm: Algorithm)
    /// Known answers have passed; it mines. The facts, and how its lanes were chosen, one sentence a line.
    case ready(DeviceID, LaneFacts, explanation: [String])
    /// The device has failed: everything of it is made anew after a pause, for the `attempt`th time, from 1. The others
    /// go on. The reason is one line.
    case recovering(DeviceID, reason: String, after: Duration, attempt: Int)
    /// The device is out: until the algorithm changes, if it cannot run this one; for the rest of the run, if it was
    /// quarantined. The others go on. The reason is one line.
    case failed(DeviceID, reason: String)
    /// A device fills memory so as to hash faster, RandomX's dataset for a new seed, and mines afterwards: from 0 to
    /// 100.
    case settling(DeviceID, percent: Int)
    /// What a device got, beyond what ``ready(_:_:explanation:)`` told: one sentence.
    case remark(DeviceID, String)
    /// A device mines, but slower than it might: why, in one line.
    case slower(DeviceID, reason: String)
    /// A nonce that the CPU has verified. Its job may have been replaced meanwhile: compare `share.jobID`.
    case share(Share)
    /// A digest of this device's did not stand up to the CPU; it goes nowhere.
    case wrongHash(DeviceID, nonce: UInt32, reason: String)
    /// All nonces of all the work of this job have been tried; the lanes wait for another job.
    case exhausted(JobID)
}
