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
        let last = most < count - first ? first + most : count
        var end = first + 1
        while end < last, sizes[end] == sizes[first] { end += 1 }
        return end
    }
}
