import CHashing
import NightjarAlgorithms
import NightjarCore

/// Compiles each RandomX program to machine code and runs it. It belongs to its hasher's thread.
package final class CompiledExecutor: RandomXExecutor {
    private let parameters: RandomXParameters
    private let emitter: ProgramEmitter
    /// `nil` only while a program is replaced.
    private var code: ExecutableCode?
    private var source = Source.none
    /// Whether programs that read a dataset have a copy for each rounding mode. The features must allow it.
    package var copiesPrograms = false

    private enum Source {
        case none
        case items(CompiledItems)
        case dataset(RandomXDataset)
    }

    /// - Throws: when the system allows no executable memory, or when there is no code for the processor. Then the
    ///   interpreter runs.
    package init(
        _ parameters: RandomXParameters, machines: Int = 1, _ features: ProgramFeatures = .available
    ) throws(ExecutableMemoryError) {
        #if !arch(x86_64)
        throw ExecutableMemoryError(reason: "RandomX is compiled for x86-64 only")
        #else
        if parameters.mixing == .aes, !Implementation.available.contains(.native) {
            throw ExecutableMemoryError(reason: "the processor has no AES instructions, which compiled programs use")
        }
        self.parameters = parameters
        emitter = ProgramEmitter(parameters, machines: machines, features)
        code = try WritableCode(size: ProgramEmitter.worstSize(parameters, machines: machines, features)).executable()
        #endif
    }

    package var hasDataset: Bool {
        if case .none = source { false } else { true }
    }

    /// Computes dataset items from now on (light mode).
    package func use(_ items: CompiledItems) {
        precondition(items.cache.parameters.expansion == parameters.expansion, "the cache is another variant's")
        source = .items(items)
    }

    /// Reads dataset items from memory from now on (full mode).
    package func use(_ dataset: RandomXDataset) {
        precondition(dataset.parameters.expansion == parameters.expansion, "the dataset is another variant's")
        source = .dataset(dataset)
    }

    package func execute(
        _ programs: UnsafePointer<nj_rx_program>, count: Int, registers: UnsafeMutablePointer<nj_rx_registers>,
        scratchpads: UnsafeMutablePointer<UInt8>, roundings: UnsafeMutablePointer<UInt32>
    ) {
        switch source {
        case .none: preconditionFailure("a compiled program needs a cache or a dataset")
        case .items(let items):
            for first in stride(from: 0, to: count, by: items.together) {
                let programs = programs + first, roundings = roundings + first
                let count = min(items.together, count - first)
                compile(programs, count: count, roundings, .computed)
                nj_rx_execute_compiled(
                    start, items.cache.base, scratchpads + first * parameters.scratchpadL3, registers + first,
                    items.item(machines: count), roundings)
            }
        case .dataset(let dataset):
            compile(programs, count: count, roundings, .memory)
            nj_rx_execute_compiled(start, dataset.memory, scratchpads, registers, nil, roundings)
        }
    }

    /// Replaces the code by the code of `count` programs.
    package func compile(
        _ programs: UnsafePointer<nj_rx_program>, count: Int, _ roundings: UnsafePointer<UInt32>,
        _ dataset: ProgramEmitter.Dataset
    ) {
        guard let executable = code.take() else { return }
        let writable = executable.writable()
        emitter.emit(
            programs, count: count, roundings: roundings, dataset, copies: copiesPrograms, into: writable)
        code = writable.executable()
    }

    private var start: UnsafeRawPointer? { code?.start }
}
