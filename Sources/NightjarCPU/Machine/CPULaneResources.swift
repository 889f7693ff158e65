import NightjarAlgorithms
import NightjarPlatform

/// What a plan gives to a lane.
package struct CPULaneResources {
    package let implementation: Implementation
    /// Finds the fastest width for all lanes that share a cache.
    package let widths: SharedWidths
    /// The best kind of pages to try.
    package let pages: HugePages.Kind
    /// The pages to leave to verifiers; `nil` for a lane that is one.
    let reserve: PageReserve?
    /// How many threads may prepare what lanes share.
    package let threads: Int
    /// The processing unit to which the calling thread is bound, by the system's index; `nil` when it is not bound.
    package let unit: Int?
    /// The maker's remarks. The lane's own remarks follow them.
    package let remarks: [String]
}
