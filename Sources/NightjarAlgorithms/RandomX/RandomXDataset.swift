import NightjarCore

/// All the dataset items of a key, side by side (`doc/specs.md` 7): 2 GiB for most variants, and several times the
/// speed of computing them as they are read.
///
/// Whoever makes it fills it before others see it, and nothing changes it afterwards: hence `@unchecked Sendable`.
package final class RandomXDataset: @unchecked Sendable {
    package let parameters: RandomXParameters
    /// The RandomX key.
    package let seed: [UInt8]
    /// The items, 64 bytes each.
    package let memory: UnsafeMutableRawPointer

    /// Bytes of memory that a dataset needs.
    package static func memorySize(_ parameters: RandomXParameters) -> Int { Int(parameters.datasetItems) * 64 }

    /// - Parameter memory: ``memorySize(_:)`` bytes, 64-byte aligned, owned by the caller, outliving the dataset. It
    ///   holds the key's items before anyone else sees the dataset.
    package init(_ parameters: RandomXParameters, seed: [UInt8], memory: UnsafeMutableRawBufferPointer) {
        precondition(memory.count >= Self.memorySize(parameters), "a RandomX dataset needs all of its memory")
        guard let base = memory.baseAddress else { preconditionFailure("a RandomX dataset needs memory") }
        precondition(UInt(bitPattern: base) & 63 == 0, "a RandomX dataset must be 64-byte aligned")
        self.parameters = parameters
        self.seed = seed
        self.memory = base
    }
}
