import NightjarCore
import NightjarDevices

/// Measures one of the lanes that a setting gives a device, and compares its first digests with the right ones.
struct LaneTimer: Sendable {
    /// The name of the settings, for errors.
    let name: String
    let algorithm: Algorithm
    let device: DeviceID
    /// The digests of the first nonces.
    let expected: [Digest]
    /// How long to measure; a whole batch at least.
    let seconds: Double
    /// Hashes per second below which a quarter of that time is enough.
    let hopeless: Double
    /// Seconds of a batch beyond which a lane is not measured to the end.
    let longestBatch: Double
    let isCancelled: @Sendable () -> Bool

    /// No hash meets it, but for one in 2⁶⁴.
    private static let hardest = Target(words: (0, 0, 0, 0))

    /// Hashes per second of a lane that has its work, and settled if it would; `nil` if a batch takes too long.
    ///
    /// The digests are handed up by the batches that are measured: a GPU takes as long for a few hashes as for many.
    /// - Throws: ``NightjarError`` with ``NightjarError/Code/selftest``, or what the lane throws.
    func rate(of lane: any Lane) throws -> Double? {
        let start = ContinuousClock.now
        var (first, hashes, compared) = (UInt64(0), UInt64(0), 0)
        var candidates: [Candidate] = []
        candidates.reserveCapacity(lane.mostCandidates)
        var time = 0.0
        while time < seconds || compared < expected.count, !isCancelled() {
            let before = time
            let end = min(first + UInt64(lane.batch), 1 << 32)
            let audit = UInt64(compared)..<min(end, UInt64(expected.count))
            let isAudited = first == UInt64(compared) && !audit.isEmpty
            candidates.removeAll(keepingCapacity: true)
            try lane.scan(first..<end, target: Self.hardest, audit: isAudited ? audit : nil, into: &candidates)
            hashes += end - first
            // A fast device comes to the last nonce.
            first = end == 1 << 32 ? 0 : end
            time = (ContinuousClock.now - start) / .seconds(1)
            if isAudited {
                try compare(candidates, audit)
                compared = Int(audit.upperBound)
            }
            if time - before > longestBatch { return nil }
            if time > seconds / 4, Double(hashes) < hopeless * time { break }
        }
        return compared == expected.count ? Double(hashes) / time : nil
    }

    private func compare(_ candidates: [Candidate], _ audit: Range<UInt64>) throws {
        let found = candidates.filter { audit.contains(UInt64($0.nonce)) }.sorted { $0.nonce < $1.nonce }
        let right = expected[Int(audit.lowerBound)..<Int(audit.upperBound)]
        guard found.map(\.digest) == Array(right) else {
            throw NightjarError.wrongHash(algorithm: algorithm.name, device: device, reason: "with \(name)")
        }
    }
}
