import CHashing
import NightjarCore

/// RandomX (`doc/specs.md` 2): the steps of one hash or of several at once. It interprets the programs and computes
/// dataset items from a cache, unless an executor does both.
///
/// The interpreter gains nothing from several hashes at once; an executor may, see ``RandomXExecutor``. Only one thread
/// may use a hasher at a time. The caller's floating-point environment stays as it is.
package final class RandomXHasher {
    private let parameters: RandomXParameters
    private let decoder: RandomXDecoder
    private let implementation: nj_implementation
    private let scratchpads: UnsafeMutablePointer<UInt8>
    /// How many hashes it can make at once: the number of its virtual machines.
    package let machines: Int
    /// Runs the programs; without one, the interpreter does.
    private let executor: (any RandomXExecutor)?
    /// The source of dataset items, and the object that keeps it alive.
    private var dataset = nj_rx_dataset(read: nil, source: nil)
    private var datasetOwner: AnyObject?

    // One for each machine, one after the other.
    /// The generators' states, 64 bytes each.
    private let states: UnsafeMutablePointer<UInt8>
    private let instructions: UnsafeMutablePointer<nj_rx_instruction>
    private let programs: UnsafeMutablePointer<nj_rx_program>
    private let registers: UnsafeMutablePointer<nj_rx_registers>
    /// The register `fprc`, which keeps its value from program to program.
    private let roundings: UnsafeMutablePointer<UInt32>

    /// A program's random bytes before decoding.
    private let bytes: UnsafeMutableRawBufferPointer
    /// AesGenerator4R's keys in C's form.
    private let generatorKeys: UnsafeMutablePointer<UInt32>

    /// - Parameters:
    ///   - scratchpad: `parameters.scratchpadL3` bytes, 64-byte aligned. The caller owns it, and it must outlive the
    ///     hasher.
    ///   - implementation: the code for AES, one of ``Implementation/available``; all give the same hashes.
    package convenience init(
        _ parameters: RandomXParameters, scratchpad: UnsafeMutableRawBufferPointer,
        implementation: Implementation = .best
    ) {
        self.init(parameters, scratchpads: scratchpad, implementation: implementation, executor: nil)
    }

    /// - Parameters:
    ///   - scratchpads: `parameters.scratchpadL3` bytes for each machine, one after the other, 64-byte aligned. The
    ///     caller owns them, and they must outlive the hasher.
    ///   - machines: how many hashes it can make at once.
    ///   - executor: runs the programs instead of the interpreter, and has its own source of dataset items.
    package init(
        _ parameters: RandomXParameters, scratchpads: UnsafeMutableRawBufferPointer, machines: Int = 1,
        implementation: Implementation = .best, executor: (any RandomXExecutor)?
    ) {
        precondition(machines >= 1)
        precondition(
            scratchpads.count >= machines * parameters.scratchpadL3, "a RandomX hasher needs whole scratchpads")
        guard let base = scratchpads.baseAddress else { preconditionFailure("a RandomX hasher needs a scratchpad") }
        precondition(UInt(bitPattern: base) & 63 == 0, "a scratchpad must be 64-byte aligned")
        precondition(Implementation.available.contains(implementation), "this processor lacks the instructions")
        self.parameters = parameters
        self.scratchpads = base.assumingMemoryBound(to: UInt8.self)
        self.machines = machines
        self.executor = executor
        decoder = RandomXDecoder(parameters, implementation: implementation)
        self.implementation = implementation.cValue
        states = .allocate(capacity: 64 * machines)
        states.initialize(repeating: 0, count: 64 * machines)
        instructions = .allocate(capacity: parameters.programSize * machines)
        programs = .allocate(capacity: machines)
        programs.initialize(repeating: nj_rx_program(), count: machines)
        registers = .allocate(capacity: machines)
        registers.initialize(repeating: nj_rx_registers(), count: machines)
        roundings = .allocate(capacity: machines)
        roundings.initialize(repeating: 0, count: machines)
        bytes = .allocate(byteCount: (parameters.programBytes + 63) & ~63, alignment: 64)
        generatorKeys = .allocate(capacity: parameters.generatorKeys.count)
        for (i, word) in parameters.generatorKeys.enumerated() {
            (generatorKeys + i).initialize(to: word.littleEndian)
        }
    }

    deinit {
        generatorKeys.deallocate()
        bytes.deallocate()
        roundings.deallocate()
        registers.deallocate()
        programs.deallocate()
        instructions.deallocate()
        states.deallocate()
    }

    /// Hashes with this cache from now on, and computes dataset items from it.
    package func use(_ cache: RandomXCache) {
        precondition(cache.parameters.expansion == parameters.expansion, "the cache is another variant's")
        dataset = nj_rx_dataset_from_cache(cache.pointer)
        datasetOwner = cache
    }

    /// The hash of `input`, of any length. Allocates nothing. A cache must be in use.
    package func hash(_ input: UnsafeRawBufferPointer) -> Digest {
        start(input)
        run(1)
        return finish()
    }

    /// The hashes of several inputs of one length. Allocates nothing.
    ///
    /// - Parameters:
    ///   - inputs: the inputs, one after the other.
    ///   - digests: a place for each input's hash.
    ///   - width: how many hashes to make at once, at most ``machines``.
    package func hash(
        _ inputs: UnsafeRawBufferPointer, into digests: UnsafeMutableBufferPointer<Digest>, width: Int
    ) {
        precondition(width >= 1 && width <= machines)
        guard !digests.isEmpty else { return }
        precondition(inputs.count % digests.count == 0)
        let size = inputs.count / digests.count
        func input(_ index: Int) -> UnsafeRawBufferPointer {
            UnsafeRawBufferPointer(rebasing: inputs[index * size..<(index + 1) * size])
        }
        for machine in 0..<min(width, digests.count) { start(input(machine), machine) }
        for first in stride(from: 0, to: digests.count, by: width) {
            let count = min(width, digests.count - first)
            run(count)
            for machine in 0..<count {
                let index = first + machine, next = index + width
                digests[index] = next < digests.count ? finish(machine, andStart: input(next)) : finish(machine)
            }
        }
    }

    /// Steps 7 to 11, for the first `count` machines.
    private func run(_ count: Int) {
        for index in 0..<parameters.programCount {
            for machine in 0..<count {
                if index > 0 { reseed(machine) }
                load(machine)
            }
            execute(count)
        }
    }

    // MARK: The steps of section 2, one by one for the tests

    /// Steps 2 to 6: the scratchpad, and the first program's seed.
    package func start(_ input: UnsafeRawBufferPointer, _ machine: Int = 0) {
        precondition(executor?.hasDataset ?? (dataset.source != nil), "a RandomX hasher needs a cache or a dataset")
        nj_blake2b_hash(state(machine), 64, input.baseAddress, input.count)
        nj_rx_fill_1r(implementation, state(machine), scratchpad(machine), parameters.scratchpadL3)
        roundings[machine] = 0
    }

    /// Step 7: the next program, from the generator's state.
    package func load(_ machine: Int = 0) {
        guard let base = bytes.baseAddress else { return }
        nj_rx_fill_4r(implementation, generatorKeys, state(machine), base, bytes.count)
        let instructions = instructions + machine * parameters.programSize
        programs[machine] = decoder.configuration(base, a: groupA(machine).assumingMemoryBound(to: UInt64.self))
        decoder.instructions(base + 128, into: instructions)
        programs[machine].instructions = UnsafePointer(instructions)
    }

    /// Step 8, for the first `count` machines.
    package func execute(_ count: Int = 1) {
        if let executor {
            executor.execute(
                programs, count: count, registers: registers, scratchpads: scratchpads, roundings: roundings)
            return
        }
        for machine in 0..<count {
            nj_rx_execute(
                programs + machine, registers + machine, scratchpad(machine), &dataset, roundings + machine)
        }
    }

    /// Steps 9 and 10: the next program's seed.
    package func reseed(_ machine: Int = 0) {
        nj_blake2b_hash(state(machine), 64, registers + machine, MemoryLayout<nj_rx_registers>.size)
    }

    /// Steps 12 to 14.
    package func finish(_ machine: Int = 0) -> Digest {
        nj_rx_hash_1r(
            implementation, scratchpad(machine), parameters.scratchpadL3,
            groupA(machine).assumingMemoryBound(to: UInt8.self))
        return digest(machine)
    }

    /// Steps 12 to 14, and steps 2 to 6 of the machine's next hash, in one pass over the scratchpad.
    package func finish(_ machine: Int = 0, andStart input: UnsafeRawBufferPointer) -> Digest {
        nj_blake2b_hash(state(machine), 64, input.baseAddress, input.count)
        nj_rx_hash_fill_1r(
            implementation, scratchpad(machine), parameters.scratchpadL3,
            groupA(machine).assumingMemoryBound(to: UInt8.self), state(machine))
        roundings[machine] = 0
        return digest(machine)
    }

    private func digest(_ machine: Int) -> Digest {
        var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
        nj_blake2b_hash(&words, 32, registers + machine, MemoryLayout<nj_rx_registers>.size)
        return Digest(
            words: (
                UInt64(littleEndian: words.0), UInt64(littleEndian: words.1), UInt64(littleEndian: words.2),
                UInt64(littleEndian: words.3)
            ))
    }

    /// The first machine's 64-byte generator state, from which its next ``load(_:)`` starts.
    package var generatorState: [UInt8] { Array(UnsafeBufferPointer(start: states, count: 64)) }
    /// The bytes of the program that was loaded last.
    package var programBytes: [UInt8] { Array(bytes.prefix(parameters.programBytes)) }
    /// The first machine's register file, 256 bytes: r, f, e, a.
    package var registerFile: [UInt8] { Array(UnsafeRawBufferPointer(start: registers, count: 256)) }

    private func state(_ machine: Int) -> UnsafeMutablePointer<UInt8> { states + 64 * machine }
    private func scratchpad(_ machine: Int) -> UnsafeMutablePointer<UInt8> {
        scratchpads + machine * parameters.scratchpadL3
    }
    /// The address of group A in the register file, after r, f and e.
    private func groupA(_ machine: Int) -> UnsafeMutableRawPointer {
        UnsafeMutableRawPointer(registers + machine) + 192
    }
}
