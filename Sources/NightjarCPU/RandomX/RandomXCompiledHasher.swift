import NightjarAlgorithms
import NightjarCore

/// RandomX with its programs compiled to machine code: the same hashes as ``RandomXHasher``, sooner.
///
/// With a dataset, several hashes side by side take less time than one after the other. Belongs to one thread at a
/// time. The caller's floating-point environment is left as it is.
package final class RandomXCompiledHasher {
    private let executor: CompiledExecutor
    /// The steps of a hash, which are the same however programs are run.
    package let hasher: RandomXHasher

    /// How many hashes can be side by side at most.
    package static var mostMachines: Int { ProgramEmitter.mostMachines }
    /// How many hashes can be side by side.
    package var machines: Int { hasher.machines }

    /// - Parameters:
    ///   - scratchpads: `parameters.scratchpadL3` bytes for each machine, one after the other, 64-byte aligned, owned
    ///     by the caller, outliving the hasher.
    ///   - machines: how many hashes can be side by side, 1 to 4.
    ///   - implementation: which code does AES, one of ``Implementation/available``.
    /// - Throws: when the processor is one that no code is made for, or the system allows no executable memory. Then
    ///   ``RandomXHasher`` does the work.
    package init(
        _ parameters: RandomXParameters, scratchpads: UnsafeMutableRawBufferPointer, machines: Int = 1,
        implementation: Implementation = .best
    ) throws(ExecutableMemoryError) {
        executor = try CompiledExecutor(parameters, machines: machines)
        hasher = RandomXHasher(
            parameters, scratchpads: scratchpads, machines: machines, implementation: implementation, executor: executor
        )
    }

    /// Computes dataset items from a cache from now on, with code that other threads may use as well (light mode).
    package func use(_ items: CompiledItems) { executor.use(items) }

    /// Reads dataset items from memory from now on (full mode).
    package func use(_ dataset: RandomXDataset) { executor.use(dataset) }

    /// The hash of `input`, of any length. Allocates nothing. A cache or a dataset must be in use.
    package func hash(_ input: UnsafeRawBufferPointer) -> Digest { hasher.hash(input) }

    /// The hashes of several inputs of one length. See ``RandomXHasher/hash(_:into:width:)``.
    package func hash(
        _ inputs: UnsafeRawBufferPointer, into digests: UnsafeMutableBufferPointer<Digest>, width: Int
    ) { hasher.hash(inputs, into: digests, width: width) }
}
