import NightjarCore

/// All dataset items of a seed, one after the other (`doc/specs.md` 7): 2080 MiB for most variants. Reading them is
/// several times as fast as computing them when they are needed.
///
/// Unchecked: its maker fills the memory before other threads see it, and nothing changes it afterwards.
package final class RandomXDataset: @unchecked Sendable {
    package let parameters: RandomXParameters
    /// The seed.
    package let seed: [UInt8]
    /// The items, 64 bytes each.
    package let memory: UnsafeMutableRawPointer

    /// The bytes of memory that a dataset needs.
    package static func memorySize(_ parameters: RandomXParameters) -> Int { Int(parameters.datasetItems) * 64 }

    /// - Parameter memory: ``memorySize(_:)`` bytes, 64-byte aligned. The caller owns it, and it must outlive the
    ///   dataset. The caller fills it before other threads see the dataset.
    package init(_ parameters: RandomXParameters, seed: [UInt8], memory: UnsafeMutableRawBufferPointer) {
        precondition(memory.count >= Self.memorySize(parameters), "a RandomX dataset needs all of its memory")
        guard let base = memory.baseAddress else { preconditionFailure("a RandomX dataset needs memory") }
        precondition(UInt(bitPattern: base) & 63 == 0, "a RandomX dataset must be 64-byte aligned")
        self.parameters = parameters
        self.seed = seed
        self.memory = base
    }
}
