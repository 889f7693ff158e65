import NightjarCore
import NightjarDevices

/// Many inputs where a caller has them, and the place for their digests.
struct Batch {
    /// Inputs that failed, and the reason.
    typealias Failure = (items: Range<Int>, error: NightjarError)

    let addresses: UnsafePointer<UnsafePointer<UInt8>?>
    let sizes: UnsafePointer<Int>
    /// `nil` where the algorithm needs none.
    let heights: UnsafePointer<UInt64>?
    /// 32 bytes for each input.
    let digests: UnsafeMutablePointer<UInt8>
    let count: Int

    func height(_ index: Int) -> UInt64 { heights?[index] ?? 0 }

    func inputs(_ range: Range<Int>) -> Inputs {
        Inputs(
            UnsafeBufferPointer(start: addresses + range.lowerBound, count: range.count),
            sizes: UnsafeBufferPointer(start: sizes + range.lowerBound, count: range.count))
    }

    /// The longest run of inputs that are hashed together, or that cannot be hashed.
    ///
    /// - Returns: its end, and the inputs if they can be hashed.
    func run(from first: Int, _ algorithm: Algorithm) -> (end: Int, inputs: Inputs?) {
        let lengths = algorithm.inputLengths
        let heights = algorithm.needs.contains(.height) ? heights : nil
        let all = inputs(0..<count)
        let isGood = all.isGood(first, lengths)
        var end = first + 1
        while end < count, all.isGood(end, lengths) == isGood, heights?[end] == heights?[first] { end += 1 }
        return (end, isGood ? inputs(first..<end) : nil)
    }

    /// Writes the status of each of `count` items.
    ///
    /// - Throws: the gravest error: one that is of no item comes before a bad item's.
    static func tell(
        _ failures: [Failure], _ statuses: UnsafeMutablePointer<Int32>?, _ count: Int
    ) throws(NightjarError) {
        statuses?.update(repeating: 0, count: count)
        for (items, error) in failures {
            statuses.map { $0 + items.lowerBound }?.update(repeating: error.code.rawValue, count: items.count)
        }
        if let failure = failures.first(where: { $0.error.code != .input }) ?? failures.first { throw failure.error }
    }
}
