import Foundation
import NightjarCore

/// So many changed messages, and a look at how long each took.
///
/// A few thousand each by default; `NIGHTJAR_FUZZ_LINES` sets the number. Other ones in each run: see
/// ``SeededGenerator``.
package struct FuzzMessages {
    private static let lines = ProcessInfo.processInfo.environment["NIGHTJAR_FUZZ_LINES"].flatMap { Int($0) } ?? 20_000
    /// The longest that one message may take, when a slow machine is at its slowest.
    private static let limit: Duration = .seconds(10)

    package var mutator: Mutator
    private let count: Int
    private var number = 0
    private var last: (bytes: [UInt8], began: ContinuousClock.Instant)?
    /// What took too long, in words.
    package private(set) var slow: [String] = []

    /// - Parameters:
    ///   - seed: the suite's.
    ///   - share: of the usual number of messages, for those that take longer.
    package init(_ corpus: [[UInt8]], seed: UInt64, share: Double = 1) {
        mutator = Mutator(corpus, seed: seed)
        count = Self.count(share: share)
    }

    /// So many messages make this share of the usual number.
    package static func count(share: Double) -> Int { max(1, Int(Double(lines) * share)) }

    package mutating func next() -> [UInt8]? {
        if let (bytes, began) = last, ContinuousClock.now - began > Self.limit {
            slow.append("message \(number) took \(ContinuousClock.now - began): \(Hex.encode(bytes))")
        }
        guard number < count else { return nil }
        number += 1
        let bytes = mutator.next()
        last = (bytes, .now)
        return bytes
    }
}
