import NightjarAlgorithms
import NightjarPlatform

/// The machine as the native CPU's families use it.
package struct CPUMachine: Sendable {
    /// The code that hashes unless a caller asks for another.
    package let implementation: Implementation
    /// `nil` when the system does not tell it.
    package let topology: Topology?
    /// The best kind of pages to try.
    package let pages: HugePages.Kind
    /// The huge pages that lanes leave to verifiers.
    let reserve: PageReserve
    /// The bytes of ordinary memory that a dataset may use.
    package let available: @Sendable () -> Int?
    /// The part of the lanes that would be chosen; `nil` for all.
    var share: Double?
    /// Whether machine code may be made at run time.
    package let compiles: Bool
}
