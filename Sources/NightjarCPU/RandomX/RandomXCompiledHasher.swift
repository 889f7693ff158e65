import NightjarAlgorithms
import NightjarCore

/// RandomX, one hash at a time, its programs compiled to machine code: the same hashes as ``RandomXHasher``, sooner.
///
/// Belongs to one thread at a time. The caller's floating-point environment is left as it is.
public final class RandomXCompiledHasher {
    private let executor: CompiledExecutor
    /// The steps of a hash, which are the same however programs are run.
    package let hasher: RandomXHasher

    /// - Parameters:
    ///   - scratchpad: `parameters.scratchpadL3` bytes, 64-byte aligned, owned by the caller, outliving the hasher.
    ///   - implementation: which code does AES, one of ``Implementation/available``.
    /// - Throws: when the processor is one that no code is made for, or the system allows no executable memory. Then
    ///   ``RandomXHasher`` does the work.
    package init(
        _ parameters: RandomXParameters, scratchpad: UnsafeMutableRawBufferPointer,
        implementation: Implementation = .best
    ) throws(ExecutableMemoryError) {
        executor = try CompiledExecutor(parameters)
        hasher = RandomXHasher(parameters, scratchpad: scratchpad, implementation: implementation, executor: executor)
    }

    /// Computes dataset items from a cache from now on, with code that other threads may use as well (light mode).
    package func use(_ items: CompiledItems) { executor.use(items) }

    /// Reads dataset items from memory from now on (full mode).
    public func use(_ dataset: RandomXDataset) { executor.use(dataset) }

    /// The hash of `input`, of any length. Allocates nothing. A cache or a dataset must be in use.
    public func hash(_ input: UnsafeRawBufferPointer) -> Digest { hasher.hash(input) }
}
