import CHashing
import NightjarCore

/// RandomX, one hash at a time (`doc/specs.md` 2): the interpreter, with the dataset computed from a cache as it is read.
///
/// Belongs to one thread at a time. The caller's floating-point environment is left as it is.
public final class RandomXHasher {
    private let parameters: RandomXParameters
    private let decoder: RandomXDecoder
    private let implementation: nj_implementation
    private let scratchpad: UnsafeMutableRawBufferPointer
    /// Runs the programs; without one, the interpreter does.
    private let executor: (any RandomXExecutor)?
    /// Where the dataset's items come from, and what keeps it alive.
    private var dataset = nj_rx_dataset(read: nil, source: nil)
    private var datasetOwner: AnyObject?

    private let state: UnsafeMutableRawBufferPointer
    private let bytes: UnsafeMutableRawBufferPointer
    private let instructions: UnsafeMutablePointer<nj_rx_instruction>
    private let registers: UnsafeMutablePointer<nj_rx_registers>
    /// AesGenerator4R's keys, in C's hands.
    private let generatorKeys: UnsafeMutablePointer<UInt32>
    private var program = nj_rx_program()
    /// The register `fprc`, which outlives a program.
    private var rounding: UInt32 = 0

    /// - Parameters:
    ///   - scratchpad: `parameters.scratchpadL3` bytes, 64-byte aligned, owned by the caller, outliving the hasher.
    ///   - implementation: which code does AES, one of ``Implementation/available``; all give the same hashes.
    public convenience init(
        _ parameters: RandomXParameters, scratchpad: UnsafeMutableRawBufferPointer,
        implementation: Implementation = .best
    ) {
        self.init(parameters, scratchpad: scratchpad, implementation: implementation, executor: nil)
    }

    /// - Parameter executor: runs the programs in the interpreter's place, and knows where its dataset items come from.
    package init(
        _ parameters: RandomXParameters, scratchpad: UnsafeMutableRawBufferPointer,
        implementation: Implementation = .best, executor: (any RandomXExecutor)?
    ) {
        precondition(scratchpad.count >= parameters.scratchpadL3, "a RandomX hasher needs a whole scratchpad")
        precondition(UInt(bitPattern: scratchpad.baseAddress) & 63 == 0, "a scratchpad must be 64-byte aligned")
        precondition(Implementation.available.contains(implementation), "this processor lacks the instructions")
        self.parameters = parameters
        self.scratchpad = scratchpad
        self.executor = executor
        decoder = RandomXDecoder(parameters, implementation: implementation)
        self.implementation = implementation.cValue
        state = .allocate(byteCount: 64, alignment: 64)
        bytes = .allocate(byteCount: (parameters.programBytes + 63) & ~63, alignment: 64)
        instructions = .allocate(capacity: parameters.programSize)
        registers = .allocate(capacity: 1)
        registers.initialize(to: nj_rx_registers())
        generatorKeys = .allocate(capacity: parameters.generatorKeys.count)
        for (i, word) in parameters.generatorKeys.enumerated() {
            (generatorKeys + i).initialize(to: word.littleEndian)
        }
    }

    deinit {
        generatorKeys.deallocate()
        registers.deallocate()
        instructions.deallocate()
        bytes.deallocate()
        state.deallocate()
    }

    /// Hashes with this cache from now on, computing the dataset's items from it.
    public func use(_ cache: RandomXCache) {
        precondition(cache.parameters.expansion == parameters.expansion, "the cache is another variant's")
        dataset = nj_rx_dataset_from_cache(cache.pointer)
        datasetOwner = cache
    }

    /// The hash of `input`, of any length. Allocates nothing. A cache must be in use.
    public func hash(_ input: UnsafeRawBufferPointer) -> Digest {
        start(input)
        for index in 0..<parameters.programCount {
            if index > 0 { reseed() }
            load()
            execute()
        }
        return finish()
    }

    // MARK: The steps of section 2, one by one for the tests

    /// Steps 2 to 6: the scratchpad, and the first program's seed.
    package func start(_ input: UnsafeRawBufferPointer) {
        precondition(executor?.hasDataset ?? (dataset.source != nil), "a RandomX hasher needs a cache or a dataset")
        nj_blake2b_hash(statePointer, 64, input.baseAddress, input.count)
        nj_rx_fill_1r(implementation, statePointer, scratchpad.baseAddress, parameters.scratchpadL3)
        rounding = 0
    }

    /// Step 7: the next program, from the generator's state.
    package func load() {
        guard let base = bytes.baseAddress else { return }
        nj_rx_fill_4r(implementation, generatorKeys, statePointer, base, bytes.count)
        program = decoder.configuration(base, a: groupA.assumingMemoryBound(to: UInt64.self))
        decoder.instructions(base + 128, into: instructions)
        program.instructions = UnsafePointer(instructions)
    }

    /// Step 8.
    package func execute() {
        guard let pad = scratchpad.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return }
        if let executor {
            executor.execute(&program, registers: registers, scratchpad: pad, rounding: &rounding)
        } else {
            nj_rx_execute(&program, registers, pad, &dataset, &rounding)
        }
    }

    /// Steps 9 and 10: the next program's seed.
    package func reseed() {
        nj_blake2b_hash(statePointer, 64, registers, MemoryLayout<nj_rx_registers>.size)
    }

    /// Steps 12 to 14.
    package func finish() -> Digest {
        nj_rx_hash_1r(
            implementation, scratchpad.baseAddress, parameters.scratchpadL3, groupA.assumingMemoryBound(to: UInt8.self))
        var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
        nj_blake2b_hash(&words, 32, registers, MemoryLayout<nj_rx_registers>.size)
        return Digest(
            words: (
                UInt64(littleEndian: words.0), UInt64(littleEndian: words.1), UInt64(littleEndian: words.2),
                UInt64(littleEndian: words.3)
            ))
    }

    /// The generators' 64-byte state, which the next ``load()`` starts from.
    package var generatorState: [UInt8] { Array(state) }
    /// The bytes of the program that was loaded last.
    package var programBytes: [UInt8] { Array(bytes.prefix(parameters.programBytes)) }
    /// The register file, 256 bytes: r, f, e, a.
    package var registerFile: [UInt8] { Array(UnsafeRawBufferPointer(start: registers, count: 256)) }

    /// Where group A stands in the register file, after r, f and e.
    private var groupA: UnsafeMutableRawPointer { UnsafeMutableRawPointer(registers) + 192 }

    private var statePointer: UnsafeMutablePointer<UInt8>? {
        state.baseAddress?.assumingMemoryBound(to: UInt8.self)
    }
}
