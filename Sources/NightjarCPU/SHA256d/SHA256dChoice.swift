import NightjarAlgorithms
import NightjarCore
import NightjarPlatform
import Synchronization

/// Finds the fastest code for SHA-256d by measuring, once. Lanes that ask meanwhile wait for it, a few milliseconds.
package final class SHA256dChoice: Sendable {
    /// A code, how fast it was, and the number of codes it was compared with.
    package struct Best: Sendable, Hashable {
        package var code: SHA256dCode
        package var hashesPerSecond: Double
        package var compared: Int

        /// A lane's remark.
        package var remark: String { compared == 1 ? code.words : "\(code.words) (fastest of \(compared) ways)" }
    }

    /// Each code hashes so many nonces in a turn: a fraction of a millisecond.
    private static let nonces: Range<UInt64> = 0..<4096
    /// The best turn counts: the others were interrupted by other work.
    private static let turns = 8
    /// So many nonces tell which codes have a chance. Some processors take microseconds for each instruction where old
    /// forms meet wide registers.
    private static let firstNonces: Range<UInt64> = 0..<256
    /// A code that takes so many times as long as another one has none.
    private static let hopeless = 2.0

    private let known = Locked<[Implementation: Best]>([:])

    package init() {}

    /// The codes to choose from. Plain C is never the fastest where there is another.
    package static func codes(_ implementation: Implementation) -> [SHA256dCode] {
        let fast = implementation == .portable ? [] : SHA256dCode.available.filter { $0 != .portable }
        return fast.isEmpty ? [.portable] : fast
    }

    /// - Throws: ``NightjarError`` when a code gives wrong digests.
    package func best(_ implementation: Implementation) throws(NightjarError) -> Best {
        try known.withLock { known throws(NightjarError) in
            if let best = known[implementation] { return best }
            let best = try Self.measure(Self.codes(implementation))
            known[implementation] = best
            return best
        }
    }

    /// The fastest of `codes`. Each that has a chance is also held to the reference.
    package static func measure(_ codes: [SHA256dCode]) throws(NightjarError) -> Best {
        let header = (0..<SHA256dSearch.headerSize).map { UInt8($0) }
        let searches = codes.map { SHA256dSearch($0) }
        for search in searches { search.prepare([header]) }
        let expected = checksum(of: header)
        let first = searches.map { search in
            (0..<2).map { _ in time { _ = search.checksum(firstNonces) } }.min() ?? .infinity
        }
        let limit = hopeless * (first.min() ?? .infinity)
        var shortest = [Double](repeating: .infinity, count: codes.count)
        for _ in 0..<turns {
            for (index, search) in searches.enumerated() where first[index] <= limit {
                var checksum: UInt64 = 0
                shortest[index] = min(shortest[index], time { checksum = search.checksum(nonces) })
                guard checksum == expected else {
                    throw NightjarError(device: .cpu, reason: "\(codes[index].words) gave wrong digests")
                }
            }
        }
        let best = codes.indices.min { shortest[$0] < shortest[$1] } ?? 0
        return Best(
            code: codes[best], hashesPerSecond: Double(nonces.count) / max(1e-9, shortest[best]),
            compared: codes.count)
    }

    /// The thread's seconds: other work on the machine does not count.
    private static func time(_ body: () -> Void) -> Double {
        let begin = ThreadTime.seconds
        body()
        return ThreadTime.seconds - begin
    }

    private static func checksum(of header: [UInt8]) -> UInt64 {
        var header = header
        return nonces.reduce(0) { checksum, nonce in
            for byte in 0..<4 {
                header[SHA256dSearch.nonceOffset + byte] = UInt8(truncatingIfNeeded: nonce >> UInt64(8 * byte))
            }
            var digest = Digest()
            header.withUnsafeBytes { SHA256d.hash($0, into: &digest) }
            return checksum ^ digest.work
        }
    }
}
