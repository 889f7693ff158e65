/// Inputs to hash, in memory that others keep: the address of each, and its size in bytes. An empty one may have no address.
package struct Inputs {
    package let addresses: UnsafeBufferPointer<UnsafePointer<UInt8>?>
    package let sizes: UnsafeBufferPointer<Int>

    package init(
        _ addresses: UnsafeBufferPointer<UnsafePointer<UInt8>?>, sizes: UnsafeBufferPointer<Int>
    ) {
        precondition(addresses.count == sizes.count, "an input has an address and a size")
        (self.addresses, self.sizes) = (addresses, sizes)
    }

    /// No inputs.
    package static var none: Inputs {
        Inputs(UnsafeBufferPointer(start: nil, count: 0), sizes: UnsafeBufferPointer(start: nil, count: 0))
    }

    package var count: Int { sizes.count }

    package subscript(index: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: addresses[index], count: sizes[index])
    }

    package subscript(range: Range<Int>) -> Inputs {
        Inputs(
            UnsafeBufferPointer(rebasing: addresses[range]), sizes: UnsafeBufferPointer(rebasing: sizes[range]))
    }

    /// The end of the inputs from `first` on that have one size, at most `most` of them.
    package func endOfOneSize(from first: Int, most: Int = .max) -> Int {
        let last = most < count - first ? first + most : count, size = sizes[first]
        var end = first + 1
        while last - end >= Self.block, haveSize(size, end..<end + Self.block) { end += Self.block }
        while end < last, sizes[end] == size { end += 1 }
        return end
    }

    /// Whether an input can be hashed: it has an allowed length, and an address.
    package func isGood(_ index: Int, _ lengths: ClosedRange<Int>) -> Bool {
        lengths.contains(sizes[index]) && (addresses[index] != nil || sizes[index] == 0)
    }

    /// The same of several inputs.
    package func areGood(_ range: Range<Int>, _ lengths: ClosedRange<Int>) -> Bool {
        var first = range.lowerBound
        // Inputs of one length are the rule.
        while range.upperBound - first >= Self.block, isGood(first, lengths),
            haveSize(sizes[first], first..<first + Self.block), haveAddresses(first..<first + Self.block)
        { first += Self.block }
        return (first..<range.upperBound).allSatisfy { isGood($0, lengths) }
    }

    /// So many are looked at without a branch for each, several at once.
    private static var block: Int { 256 }

    private func haveSize(_ size: Int, _ range: Range<Int>) -> Bool {
        var difference = 0
        for index in range { difference |= sizes[index] ^ size }
        return difference == 0
    }

    private func haveAddresses(_ range: Range<Int>) -> Bool {
        var missing = 0
        for index in range { missing += addresses[index] == nil ? 1 : 0 }
        return missing == 0
    }
}
