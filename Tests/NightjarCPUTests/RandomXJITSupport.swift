import CHashing
import Foundation
import NightjarAlgorithms
import NightjarCPU
import NightjarCore
import TestSupport

/// Aligned memory for one test.
final class AlignedMemory {
    let bytes: UnsafeMutableRawBufferPointer

    init(_ size: Int) {
        bytes = .allocate(byteCount: size, alignment: 64)
        bytes.initializeMemory(as: UInt8.self, repeating: 0)
    }

    deinit { bytes.deallocate() }

    var pointer: UnsafeMutablePointer<UInt8> { bytes.bindMemory(to: UInt8.self).baseAddress! }

    func fill(_ random: inout SeededGenerator) {
        let words = bytes.bindMemory(to: UInt64.self)
        for i in words.indices { words[i] = random.next() }
    }
}

extension Algorithm {
    /// The parameters of a member of RandomX; `nil` for others.
    var randomX: RandomXParameters? {
        parameters as? RandomXParameters
    }
}

extension RandomXParameters {
    /// The same machine with a small dataset, short runs and, where given, other frequencies and branches.
    func small(
        iterations: Int, frequencies: [Int]? = nil, jumpBits: Int? = nil, cacheKiB: Int? = nil, scratchpad: Int? = nil,
        dataset: UInt64? = nil
    ) -> RandomXParameters {
        RandomXParameters(
            argonSalt: argonSalt, argonIterations: argonIterations, argonLanes: argonLanes,
            cacheKiB: cacheKiB ?? self.cacheKiB,
            cacheAccesses: cacheAccesses, superscalarLatency: superscalarLatency,
            datasetBaseSize: dataset ?? UInt64(scratchpadL3), datasetExtraSize: 64 * 1000, programCount: programCount,
            programIterations: iterations, programSize: programSize, scratchpadL3: scratchpad ?? scratchpadL3,
            scratchpadL2: scratchpad ?? scratchpadL2, scratchpadL1: scratchpad ?? scratchpadL1,
            jumpBits: jumpBits ?? self.jumpBits,
            jumpOffset: jumpOffset, frequencies: frequencies ?? self.frequencies, generatorKeys: generatorKeys,
            mixing: mixing, prefetchRegister: prefetchRegister, roundingGuard: roundingGuard,
            hasCommitment: hasCommitment)
    }

    /// Every instruction about as often as any other.
    static var evenFrequencies: [Int] {
        let count = Instruction.allCases.count
        return (0..<count).map { 256 / count + ($0 < 256 % count ? 1 : 0) }
    }
}

/// Where interpreters and compiled programs have their dataset items from.
private enum Source {
    case memory(AlignedMemory)
    /// Interpreters compute items bundle by bundle, compiled programs with compiled code (light mode).
    case cache(RandomXCache, AlignedMemory)

    /// Makes a random dataset or cache, which the executor uses from then on.
    init(
        _ parameters: RandomXParameters, light: Bool, _ executor: CompiledExecutor, _ random: inout SeededGenerator
    ) throws {
        if light {
            let memory = AlignedMemory(RandomXCache.memorySize(parameters))
            let cache = RandomXCache(parameters, seed: [UInt8(truncatingIfNeeded: random.next())], memory: memory.bytes)
            executor.use(try CompiledItems(cache))
            self = .cache(cache, memory)
        } else {
            let memory = AlignedMemory(RandomXDataset.memorySize(parameters))
            memory.fill(&random)
            executor.use(RandomXDataset(parameters, seed: [], memory: memory.bytes))
            self = .memory(memory)
        }
    }

    /// The interpreters' source.
    var dataset: nj_rx_dataset {
        switch self {
        case .memory(let memory):
            nj_rx_dataset(
                read: { source, numbers, count, items in
                    guard let source, let numbers, let items else { return }
                    for i in 0..<count {
                        UnsafeMutableRawPointer(items + i).copyMemory(
                            from: source + Int(numbers[i]) * 64, byteCount: 64)
                    }
                }, source: memory.pointer)
        case .cache(let cache, _):
            nj_rx_dataset(
                read: { source, numbers, count, items in
                    guard let source, let numbers, let items else { return }
                    let cache = Unmanaged<RandomXCache>.fromOpaque(source).takeUnretainedValue()
                    for i in 0..<count {
                        cache.items([numbers[i]]).withUnsafeBytes {
                            UnsafeMutableRawBufferPointer(start: items + i, count: 64).copyMemory(from: $0)
                        }
                    }
                }, source: Unmanaged.passUnretained(cache).toOpaque())
        }
    }
}

/// Two virtual machines, one interpreted and one compiled, that run the same programs on the same dataset.
final class TwoMachines {
    let parameters: RandomXParameters
    private let decoder: RandomXDecoder
    private let executor: CompiledExecutor
    private let instructions: UnsafeMutablePointer<nj_rx_instruction>
    private let source: Source
    private let scratchpads: (AlignedMemory, AlignedMemory)
    private let registers: UnsafeMutablePointer<nj_rx_registers>
    private(set) var roundings: (UInt32, UInt32) = (0, 0)

    /// - Parameters:
    ///   - parameters: with a dataset, or in light mode a cache, that is small enough to be held here.
    ///   - light: whether dataset items are computed.
    ///   - copies: whether programs have a copy for each rounding mode.
    init(
        _ parameters: RandomXParameters, light: Bool = false, features: ProgramFeatures = .available,
        copies: Bool = false, _ random: inout SeededGenerator
    ) throws {
        self.parameters = parameters
        decoder = RandomXDecoder(parameters)
        executor = try CompiledExecutor(parameters, features)
        executor.copiesPrograms = copies
        instructions = .allocate(capacity: parameters.programSize)
        registers = .allocate(capacity: 2)
        registers.initialize(repeating: nj_rx_registers(), count: 2)
        source = try Source(parameters, light: light, executor, &random)
        scratchpads = (AlignedMemory(parameters.scratchpadL3), AlignedMemory(parameters.scratchpadL3))
        scratchpads.0.fill(&random)
        scratchpads.1.bytes.copyMemory(from: UnsafeRawBufferPointer(scratchpads.0.bytes))
    }

    deinit {
        registers.deallocate()
        instructions.deallocate()
    }

    /// Runs a program of random bytes under a rounding mode.
    func run(_ bytes: [UInt64], rounding: UInt32) {
        bytes.withUnsafeBytes { bytes in if let base = bytes.baseAddress { run(base, rounding) } }
    }

    private func run(_ bytes: UnsafeRawPointer, _ rounding: UInt32) {
        let a = (UnsafeMutableRawPointer(registers) + 192).assumingMemoryBound(to: UInt64.self)
        var program = decoder.configuration(bytes, a: a)
        decoder.instructions(bytes + 128, into: instructions)
        program.instructions = UnsafePointer(instructions)
        registers[1] = registers[0]
        roundings = (rounding, rounding)
        var dataset = source.dataset
        nj_rx_execute(&program, registers, scratchpads.0.pointer, &dataset, &roundings.0)
        executor.execute(
            &program, count: 1, registers: registers + 1, scratchpads: scratchpads.1.pointer,
            roundings: &roundings.1)
    }

    /// The operations of the program that ran last.
    var opcodes: Set<UInt8> { Set((0..<parameters.programSize).map { instructions[$0].opcode.rawValue }) }

    /// The interpreter's scratchpad and the compiled program's.
    var scratchpadBytes: [UnsafeMutableRawBufferPointer] { [scratchpads.0.bytes, scratchpads.1.bytes] }

    /// The register files, 32 words each.
    var registerFiles: [[UInt64]] {
        (0..<2).map { Array(UnsafeRawBufferPointer(start: registers + $0, count: 256).bindMemory(to: UInt64.self)) }
    }

    /// Flips a bit of the compiled program's register file, by its number.
    func flipRegisterBit(_ bit: Int) {
        let bytes = UnsafeMutableRawBufferPointer(start: registers + 1, count: MemoryLayout<nj_rx_registers>.size)
        bytes[bit / 8] ^= 1 << UInt8(bit % 8)
    }

    /// Whether register files, scratchpads and rounding modes are the same.
    var agree: Bool {
        memcmp(registers, registers + 1, MemoryLayout<nj_rx_registers>.size) == 0
            && memcmp(scratchpads.0.pointer, scratchpads.1.pointer, parameters.scratchpadL3) == 0
            && roundings.0 == roundings.1
    }
}

/// As many interpreters as machines that run in turns, with the same programs on the same dataset.
final class ManyMachines {
    let parameters: RandomXParameters
    let count: Int
    private let decoder: RandomXDecoder
    private let executor: CompiledExecutor
    private let source: Source
    private let instructions: UnsafeMutablePointer<nj_rx_instruction>
    private let programs: UnsafeMutablePointer<nj_rx_program>
    /// The interpreters', then the compiled machines'.
    private let registers: UnsafeMutablePointer<nj_rx_registers>
    private let roundings: UnsafeMutablePointer<UInt32>
    private let scratchpads: (AlignedMemory, AlignedMemory)

    /// - Parameters:
    ///   - light: whether dataset items are computed.
    ///   - copies: whether programs have a copy for each rounding mode.
    init(
        _ parameters: RandomXParameters, _ count: Int, light: Bool = false, copies: Bool = false,
        _ random: inout SeededGenerator
    ) throws {
        self.parameters = parameters
        self.count = count
        decoder = RandomXDecoder(parameters)
        executor = try CompiledExecutor(parameters, machines: count)
        executor.copiesPrograms = copies
        source = try Source(parameters, light: light, executor, &random)
        instructions = .allocate(capacity: parameters.programSize * count)
        programs = .allocate(capacity: count)
        registers = .allocate(capacity: 2 * count)
        registers.initialize(repeating: nj_rx_registers(), count: 2 * count)
        roundings = .allocate(capacity: 2 * count)
        scratchpads = (AlignedMemory(parameters.scratchpadL3 * count), AlignedMemory(parameters.scratchpadL3 * count))
        scratchpads.0.fill(&random)
        scratchpads.1.bytes.copyMemory(from: UnsafeRawBufferPointer(scratchpads.0.bytes))
    }

    deinit {
        roundings.deallocate()
        registers.deallocate()
        programs.deallocate()
        instructions.deallocate()
    }

    /// Runs a random program on each machine, under its rounding mode.
    func run(_ modes: [UInt32], _ random: inout SeededGenerator) {
        for number in 0..<count {
            let bytes = (0..<16 + parameters.programSize).map { _ in random.next() }
            let a = (UnsafeMutableRawPointer(registers + number) + 192).assumingMemoryBound(to: UInt64.self)
            let own = instructions + number * parameters.programSize
            bytes.withUnsafeBytes {
                guard let base = $0.baseAddress else { return }
                var program = decoder.configuration(base, a: a)
                decoder.instructions(base + 128, into: own)
                program.instructions = UnsafePointer(own)
                (programs + number).initialize(to: program)
            }
            registers[count + number] = registers[number]
            roundings[number] = modes[number]
            roundings[count + number] = modes[number]
        }
        var dataset = source.dataset
        for number in 0..<count {
            nj_rx_execute(
                programs + number, registers + number, scratchpads.0.pointer + number * parameters.scratchpadL3,
                &dataset,
                roundings + number)
        }
        executor.execute(
            programs, count: count, registers: registers + count, scratchpads: scratchpads.1.pointer,
            roundings: roundings + count)
    }

    /// The first thing in which the two kinds differ.
    var difference: String? {
        for number in 0..<count {
            if memcmp(registers + number, registers + count + number, MemoryLayout<nj_rx_registers>.size) != 0 {
                return "register file of machine \(number)"
            }
            if roundings[number] != roundings[count + number] { return "rounding mode of machine \(number)" }
        }
        let size = parameters.scratchpadL3 * count
        return memcmp(scratchpads.0.pointer, scratchpads.1.pointer, size) == 0 ? nil : "scratchpads"
    }
}
