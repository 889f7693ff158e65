import NightjarAlgorithms
import NightjarCore
import NightjarPlatform

/// A RandomX cache with its memory and its compiled code.
///
/// Unchecked: the memory is written before other threads see the cache, and only read afterwards.
final class SharedRandomXCache: @unchecked Sendable {
    let seed: [UInt8]
    let cache: RandomXCache
    /// The code that computes dataset items, or the reason why there is none.
    let items: Result<CompiledItems, ExecutableMemoryError>
    let memory: HugePages

    /// - Parameters:
    ///   - memory: large enough, and used by nothing else.
    ///   - compiles: whether it gets compiled code.
    init(_ parameters: RandomXParameters, seed: [UInt8], memory: HugePages, compiles: Bool) {
        self.seed = seed
        self.memory = memory
        let cache = RandomXCache(parameters, seed: seed, memory: memory.bytes)
        self.cache = cache
        items = Result { () throws(ExecutableMemoryError) in
            guard compiles else { throw ExecutableMemoryError(reason: "machine code is switched off") }
            return try CompiledItems(cache)
        }
    }
}
