import NightjarCore

/// How long a benchmark runs.
public enum BenchLength: Sendable, Hashable {
    /// The nonces `0..<n`, 1 to 2³² of them.
    case hashes(Int)
    /// Consecutive nonces from 0, until this many seconds are over. Batches that were begun are finished.
    case seconds(Double)
}

/// What a benchmark of one algorithm on one device measured, after every check had passed.
public struct BenchResult: Sendable, Hashable {
    /// What was measured.
    public let algorithm: Algorithm
    /// The device that hashed.
    public let device: DeviceID
    /// Hashes done.
    public let hashes: Int
    /// From the first hash's start to the last one's end.
    public let seconds: Double
    /// Hashes per second.
    public let hashrate: Double
    /// The time before the first hash, in seconds: caches, programs and known answers.
    public let setupSeconds: Double
    /// The XOR, over all nonces, of the 64-bit little-endian word at bytes 24 to 31 of the digest (of the commitment
    /// for RandomX v2). It depends on the number of nonces and nothing else.
    public let checksum: UInt64
    /// The lanes that ran it.
    public let facts: LaneFacts
    /// How the lanes were chosen, and what happened to them, one sentence each.
    public let explanation: [String]
}

/// The outcome of a benchmark, failed ones included.
package struct BenchOutcome: Sendable, Hashable {
    package let algorithm: Algorithm
    package let device: DeviceID
    /// The device's own name; empty when there is no such device.
    package let deviceName: String
    /// Hashes done.
    package var hashes = 0
    package var seconds = 0.0
    package var setupSeconds = 0.0
    /// Of that, from a RandomX dataset's beginning to its end; `nil` where none was made.
    package var datasetSeconds: Double?
    /// As in ``BenchResult``; `nil` when no hashing was done.
    package var checksum: UInt64?
    /// Why there is no hash rate.
    package var error: NightjarError?
    /// Where RandomX's dataset items came from: ``RandomXMode/light`` or ``RandomXMode/full``; `nil` for other
    /// families.
    package var randomX: RandomXMode?
    package var facts = LaneFacts()
    package var explanation: [String] = []
    /// What could make it faster, one sentence each.
    package var hints: [String] = []

    init(algorithm: Algorithm, device: DeviceID, deviceName: String) {
        self.algorithm = algorithm
        self.device = device
        self.deviceName = deviceName
    }

    /// Hashes per second; `nil` unless every check passed: no speed is given for wrong hashes.
    package var hashrate: Double? { error == nil && seconds > 0 ? Double(hashes) / seconds : nil }

    /// Whether known answers passed on this device in this run and, where the build knows it, the checksum is right.
    package var isVerified: Bool { error == nil }

    /// The checksum as 16 upper-case hex digits.
    package var checksumHex: String? { checksum.map(Hex.encodeUpper) }

    /// The measurement, or the error.
    var result: Result<BenchResult, NightjarError> {
        if let error { return .failure(error) }
        guard let hashrate, let checksum else {
            return .failure(NightjarError(device: device, reason: "nothing was measured"))
        }
        return .success(
            BenchResult(
                algorithm: algorithm, device: device, hashes: hashes, seconds: seconds, hashrate: hashrate,
                setupSeconds: setupSeconds, checksum: checksum, facts: facts, explanation: explanation))
    }
}
