import NightjarAlgorithms
import NightjarCore

/// RandomX with programs compiled to machine code. It gives the same hashes as ``RandomXHasher``, faster.
///
/// Several hashes at once take less time than one after the other: two to four with a dataset; four without, or eight
/// where there is AVX-512. Only one thread may use a hasher at a time. The caller's floating-point environment stays as
/// it is.
package final class RandomXCompiledHasher {
    private let executor: CompiledExecutor
    /// The steps of a hash, which do not depend on how programs are run.
    package let hasher: RandomXHasher

    /// The most hashes that gain from being made at once with a dataset.
    package static var mostMachines: Int { ProgramEmitter.mostMachines }
    /// The same in light mode.
    package static var mostTogether: Int { CompiledItems.mostTogether }
    /// The most hashes that this hasher can make at once.
    package var machines: Int { hasher.machines }

    /// - Parameters:
    ///   - scratchpads: `parameters.scratchpadL3` bytes for each machine, one after the other, 64-byte aligned. The
    ///     caller owns them, and they must outlive the hasher.
    ///   - machines: how many hashes it can make at once: at most ``mostMachines`` with a dataset, ``mostTogether`` without.
    ///   - implementation: the code for AES, one of ``Implementation/available``.
    ///   - features: what programs may use.
    /// - Throws: when there is no code for the processor, or when the system allows no executable memory. Then use
    ///   ``RandomXHasher``.
    package init(
        _ parameters: RandomXParameters, scratchpads: UnsafeMutableRawBufferPointer, machines: Int = 1,
        implementation: Implementation = .best, features: ProgramFeatures = .available
    ) throws(ExecutableMemoryError) {
        executor = try CompiledExecutor(parameters, machines: machines, features)
        hasher = RandomXHasher(
            parameters, scratchpads: scratchpads, machines: machines, implementation: implementation, executor: executor
        )
    }

    /// Whether programs that read a dataset have a copy for each rounding mode. Only where ``mayCopyPrograms``.
    package var copiesPrograms: Bool {
        get { executor.copiesPrograms }
        set { executor.copiesPrograms = newValue }
    }

    /// Whether this processor can run such copies.
    package static var mayCopyPrograms: Bool { ProgramFeatures.available.hasEmbeddedRounding }

    /// Computes dataset items from a cache from now on (light mode). Other threads may use the same code.
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
