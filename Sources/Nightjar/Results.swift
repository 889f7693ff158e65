import NightjarCore

/// How known answers came out on a device.
public enum SelftestResult: Sendable, Hashable {
    /// All of them are right: how many.
    case passed(count: Int)
    case failed(reason: String)
    /// The device cannot run the algorithm; the reason ends a sentence.
    case unsupported(reason: String)
}

/// How long a benchmark runs.
public enum BenchLength: Sendable, Hashable {
    /// The nonces `0..<n`, at least one.
    case hashes(Int)
    /// Consecutive nonces from 0 until so many seconds are over; batches that were begun are finished.
    case seconds(Double)
}

/// A benchmark of one algorithm on one device.
public struct BenchResult: Sendable, Hashable {
    public let algorithm: Algorithm
    public let device: DeviceID
    /// The device's own name; empty when there is no such device.
    public let deviceName: String
    /// Lanes that hashed: CPU threads, or streams of launches on another device.
    public let threads: Int
    /// Hashes done.
    public let hashes: Int
    /// From the first hash's start to the last one's end.
    public let seconds: Double
    /// Hashes per second; `nil` unless every check passed: no speed is given for wrong hashes.
    public let hashrate: Double?
    /// Before that: caches, programs, and known answers.
    public let setupSeconds: Double
    /// Of that, from a RandomX dataset's beginning to its end; `nil` where none was made.
    public let datasetSeconds: Double?
    /// The XOR, over all nonces, of the 64-bit little-endian word at bytes 24 to 31 of the digest; `nil` when no
    /// hashing was done.
    public let checksum: UInt64?
    /// Whether known answers passed on this device in this run and, where the build knows it, the checksum is right.
    public let verified: Bool
    /// Why there is no hash rate, in one line.
    public let error: String?
    /// Where RandomX's dataset items came from: ``RandomXMode/light`` or ``RandomXMode/full``; `nil` for other
    /// families.
    public let randomX: RandomXMode?
    /// How the lanes were chosen, and what became of them, one sentence each.
    public let explanation: [String]
    /// What could make it faster, one sentence each.
    public let hints: [String]

    /// The checksum as 16 upper-case hex digits.
    public var checksumHex: String? { checksum.map(Hex.encodeUpper) }
}

/// What a mining run tells. Events about one device or one job come in the order in which they happened.
public enum MiningEvent: Sendable, Hashable {
    /// A device builds programs and caches for an algorithm, and checks itself.
    case preparing(DeviceID, algorithm: Algorithm)
    /// Known answers have passed; it mines. How its lanes were chosen stands one sentence a line.
    case ready(DeviceID, lanes: Int, explanation: [String])
    /// The device has failed: everything of it is made anew after a pause, for the `attempt`th time, from 1. The others
    /// go on. The reason is one line.
    case recovering(DeviceID, reason: String, after: Duration, attempt: Int)
    /// The device is out: until the algorithm changes, if it cannot run this one; for the rest of the run, if it was
    /// quarantined. The others go on. The reason is one line.
    case failed(DeviceID, reason: String)
    /// A device fills memory so as to hash faster, RandomX's dataset for a new seed, and mines afterwards: from 0 to
    /// 100.
    case settling(DeviceID, percent: Int)
    /// What a device got, beyond what ``ready(_:lanes:explanation:)`` told: one sentence.
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
