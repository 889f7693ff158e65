import NightjarCore
import NightjarDevices

/// Measures one of the lanes that a setting gives a device, once its digests are known to be right.
struct LaneTimer: Sendable {
    /// The name of the settings, for errors.
    let name: String
    let algorithm: Algorithm
    let device: DeviceID
    /// The digests of the first nonces.
    let expected: [Digest]
    /// How long to measure; a whole batch at least.
    let seconds: Double
    /// Seconds of a batch beyond which a lane is not measured to the end.
    let longestBatch: Double
    let isCancelled: @Sendable () -> Bool

    /// Hashes per second of a lane that has its work, and settled if it would; `nil` if a batch takes too long.
    ///
    /// - Throws: ``NightjarError`` with ``NightjarError/Code/selftest``, or what the lane throws.
    func rate(of lane: any Lane) throws -> Double? {
        guard try Self.digests(lane, expected.count) == expected else {
            throw NightjarError.wrongHash(algorithm: algorithm.name, device: device, reason: "with \(name)")
        }
        let start = ContinuousClock.now
        var (first, hashes) = (UInt64(0), UInt64(0))
        var time = 0.0
        while time < seconds, !isCancelled() {
            let before = time
            let end = min(first + UInt64(lane.batch), 1 << 32)
            _ = try lane.checksum(first..<end)
            hashes += end - first
            // A fast device comes to the last nonce.
            first = end == 1 << 32 ? 0 : end
            time = (ContinuousClock.now - start) / .seconds(1)
            if time - before > longestBatch { return nil }
        }
        return time > 0 ? Double(hashes) / time : nil
    }

    /// The digests of the nonces below `count`, of a lane that has its work.
    static func digests(_ lane: any Lane, _ count: Int) throws -> [Digest] {
        // Together where they can be: one hash alone takes a GPU as long as a batch.
        var digests = [Digest](repeating: Digest(), count: count)
        try digests.withUnsafeMutableBufferPointer { buffer in
            for first in stride(from: 0, to: count, by: lane.batch) {
                let end = min(count, first + lane.batch)
                try lane.digests(
                    UInt64(first)..<UInt64(end), into: UnsafeMutableBufferPointer(rebasing: buffer[first..<end]))
            }
        }
        return digests
    }
}
