import NightjarAlgorithms

/// What a lane provides for its hasher.
package struct CPUHasherResources {
    /// A scratchpad for each of ``machines``, one after the other, 64-byte aligned. They outlive the hasher; empty for
    /// an algorithm without scratchpads.
    package let scratchpads: UnsafeMutableRawBufferPointer
    /// The most hashes at once.
    package let machines: Int
    package let implementation: Implementation
    /// The lane's part in finding the fastest width.
    package let widths: SharedWidths.Member
    /// How many threads may prepare what lanes share.
    package let threads: Int
    /// The processing unit to which the thread is bound, by the system's index; `nil` when it is not bound.
    package let unit: Int?
}
