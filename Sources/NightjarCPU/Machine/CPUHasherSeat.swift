import NightjarAlgorithms

/// What a lane gives to the hasher that it makes.
package struct CPUHasherSeat {
    /// A scratchpad for each of ``machines``, one after the other, 64-byte aligned, outliving the hasher; empty for an
    /// algorithm that has none.
    package let scratchpads: UnsafeMutableRawBufferPointer
    /// How many hashes can be under way at once.
    package let machines: Int
    package let implementation: Implementation
    /// What finds out how many at once are fastest.
    package let widths: SharedWidths.Member
    /// How many threads may prepare what lanes share.
    package let threads: Int
    /// The processing unit that the thread is bound to, by the system's index; `nil` if it is not.
    package let unit: Int?
}
