/// A set of 32-bit nonces as rising ranges that do not touch. Nearly always there is one range.
package struct TriedNonces: Sendable, Hashable {
    package private(set) var ranges: [Range<UInt64>] = []

    package init() {}

    /// Takes the lowest untried nonces within `space`: as many as follow one another, `count` at most. `nil` when none
    /// is left.
    package mutating func take(_ count: UInt64, within space: Range<UInt64>) -> Range<UInt64>? {
        var start = space.lowerBound
        var index = 0
        while index < ranges.count, ranges[index].lowerBound <= start {
            start = max(start, ranges[index].upperBound)
            index += 1
        }
        var end = min(space.upperBound, start + min(count, UInt64(1) << 32))
        if index < ranges.count { end = min(end, ranges[index].lowerBound) }
        guard start < end else { return nil }
        insert(start..<end, at: index)
        return start..<end
    }

    /// - Parameter index: of the first range that lies wholly behind `range`.
    private mutating func insert(_ range: Range<UInt64>, at index: Int) {
        var merged = range
        var first = index
        var end = index
        if index > 0, ranges[index - 1].upperBound == range.lowerBound {
            merged = ranges[index - 1].lowerBound..<merged.upperBound
            first = index - 1
        }
        if index < ranges.count, ranges[index].lowerBound == range.upperBound {
            merged = merged.lowerBound..<ranges[index].upperBound
            end = index + 1
        }
        ranges.replaceSubrange(first..<end, with: CollectionOfOne(merged))
    }
}
