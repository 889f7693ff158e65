import NightjarAlgorithms
import NightjarPlatform

/// What the native CPU's families have to work with.
package struct CPUMachine: Sendable {
    /// Which code hashes, where nobody asks for other code.
    package let implementation: Implementation
    /// `nil` when the system tells nothing of it.
    package let topology: Topology?
    /// The best kind of memory to try for.
    package let pages: HugePages.Kind
    /// Bytes of ordinary memory that a dataset may have.
    package let available: @Sendable () -> Int?
}
