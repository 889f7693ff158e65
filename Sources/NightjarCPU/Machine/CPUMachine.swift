import NightjarAlgorithms
import NightjarPlatform

/// What the native CPU's families have to work with.
package struct CPUMachine: Sendable {
    /// The code that hashes unless a caller asks for another.
    package let implementation: Implementation
    /// `nil` when the system tells nothing of it.
    package let topology: Topology?
    /// The best kind of memory to try for.
    package let pages: HugePages.Kind
    /// Bytes of ordinary memory that a dataset may have.
    package let available: @Sendable () -> Int?
}
