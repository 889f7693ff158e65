import CHashing
import NightjarAlgorithms
import NightjarCore

/// Runs RandomX programs as machine code, made anew for each. Belongs to one thread at a time, with its hasher.
package final class CompiledExecutor: RandomXExecutor {
    private let parameters: RandomXParameters
    private let emitter: ProgramEmitter
    /// Always there but while a program is replaced.
    private var code: ExecutableCode?
    private var source = Source.none

    private enum Source {
        case none
        case items(CompiledItems)
        case dataset(RandomXDataset)
    }

    /// - Throws: when the system allows no executable memory, or the processor is one that no code is made for. Then the
    ///   interpreter runs.
    package init(_ parameters: RandomXParameters) throws(ExecutableMemoryError) {
        #if !arch(x86_64)
        throw ExecutableMemoryError(reason: "RandomX is compiled for x86-64 only")
        #else
        if parameters.mixing == .aes, !Implementation.available.contains(.native) {
            throw ExecutableMemoryError(reason: "the processor has no AES instructions, which compiled programs use")
        }
        self.parameters = parameters
        emitter = ProgramEmitter(parameters)
        code = try WritableCode(size: ProgramEmitter.worstSize(parameters)).executable()
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
        _ program: UnsafePointer<nj_rx_program>, registers: UnsafeMutablePointer<nj_rx_registers>,
        scratchpad: UnsafeMutablePointer<UInt8>, rounding: inout UInt32
    ) {
        switch source {
        case .none: preconditionFailure("a compiled program needs a cache or a dataset")
        case .items(let items):
            compile(program, .computed)
            nj_rx_execute_compiled(start, items.cache.base, scratchpad, registers, items.item, &rounding)
        case .dataset(let dataset):
            compile(program, .memory)
            nj_rx_execute_compiled(start, dataset.memory, scratchpad, registers, nil, &rounding)
        }
    }

    /// Replaces the code by that of `program`.
    package func compile(_ program: UnsafePointer<nj_rx_program>, _ dataset: ProgramEmitter.Dataset) {
        guard let executable = code.take() else { return }
        let writable = executable.writable()
        emitter.emit(program.pointee, dataset, into: writable)
        code = writable.executable()
    }

    private var start: UnsafeRawPointer? { code?.start }
}
