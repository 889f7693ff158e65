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

    /// The longest run of inputs that are hashed together, or that cannot be hashed.
    ///
    /// - Parameter most: the most inputs. A run is hashed while the caller looks for the next one.
    /// - Returns: its end, and the inputs if they can be hashed.
    func run(from first: Int, _ algorithm: Algorithm, most: Int) -> (end: Int, inputs: Inputs?) {
        let lengths = algorithm.inputLengths
        let heights = algorithm.needs.contains(.height) ? heights : nil
        let isGood = isGood(first, lengths)
        let last = most < count - first ? first + most : count
        var end = first + 1
        // Inputs of one length are the rule.
        if isGood, heights == nil { while end < last, addresses[end] != nil, sizes[end] == sizes[first] { end += 1 } }
        while end < last, self.isGood(end, lengths) == isGood, heights?[end] == heights?[first] { end += 1 }
        guard isGood else { return (end, nil) }
        let inputs = Inputs(
            UnsafeBufferPointer(start: addresses + first, count: end - first),
            sizes: UnsafeBufferPointer(start: sizes + first, count: end - first))
        return (end, inputs)
    }

    private func isGood(_ index: Int, _ lengths: ClosedRange<Int>) -> Bool {
        lengths.contains(sizes[index]) && (addresses[index] != nil || sizes[index] == 0)
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
