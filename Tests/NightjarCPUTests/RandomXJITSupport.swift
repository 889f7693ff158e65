import CHashing
import Foundation
import NightjarAlgorithms
import NightjarCore
import NightjarCPU

/// Aligned memory for one test.
final class AlignedMemory {
    let bytes: UnsafeMutableRawBufferPointer

    init(_ size: Int) {
        bytes = .allocate(byteCount: size, alignment: 64)
        bytes.initializeMemory(as: UInt8.self, repeating: 0)
    }

    deinit { bytes.deallocate() }

    var pointer: UnsafeMutablePointer<UInt8> { bytes.bindMemory(to: UInt8.self).baseAddress! }

    func fill(_ random: inout SplitMix) {
        let words = bytes.bindMemory(to: UInt64.self)
        for i in words.indices { words[i] = random.next() }
    }
}

/// Steele, Lea and Flood's generator: the same numbers every time.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
        return z ^ z >> 31
    }
}

extension Algorithm {
    /// The parameters of a member of RandomX; `nil` for others.
    var randomX: RandomXParameters? {
        if case .randomx(let parameters) = family { parameters } else { nil }
    }
}

extension RandomXParameters {
    /// The same machine with a small dataset, short runs and, where given, other frequencies and branches.
    func small(
        iterations: Int, frequencies: [Int]? = nil, jumpBits: Int? = nil, cacheKiB: Int? = nil
    ) -> RandomXParameters {
        RandomXParameters(
            argonSalt: argonSalt, argonIterations: argonIterations, argonLanes: argonLanes, cacheKiB: cacheKiB ?? self.cacheKiB,
            cacheAccesses: cacheAccesses, superscalarLatency: superscalarLatency,
            datasetBaseSize: UInt64(scratchpadL3), datasetExtraSize: 64 * 1000, programCount: programCount,
            programIterations: iterations, programSize: programSize, scratchpadL3: scratchpadL3,
            scratchpadL2: scratchpadL2, scratchpadL1: scratchpadL1, jumpBits: jumpBits ?? self.jumpBits,
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

/// Two virtual machines, one interpreted and one compiled, that run the same programs on the same dataset.
final class TwoMachines {
    let parameters: RandomXParameters
    private let decoder: RandomXDecoder
    private let executor: CompiledExecutor
    private let instructions: UnsafeMutablePointer<nj_rx_instruction>
    private let memory: AlignedMemory
    private let scratchpads: (AlignedMemory, AlignedMemory)
    private let registers: UnsafeMutablePointer<nj_rx_registers>
    private(set) var roundings: (UInt32, UInt32) = (0, 0)

    /// - Parameter parameters: with a dataset that is small enough to be held here.
    init(_ parameters: RandomXParameters, _ random: inout SplitMix) throws {
        self.parameters = parameters
        decoder = RandomXDecoder(parameters)
        executor = try CompiledExecutor(parameters)
        instructions = .allocate(capacity: parameters.programSize)
        registers = .allocate(capacity: 2)
        registers.initialize(repeating: nj_rx_registers(), count: 2)
        memory = AlignedMemory(RandomXDataset.memorySize(parameters))
        memory.fill(&random)
        executor.use(RandomXDataset(parameters, seed: [], memory: memory.bytes))
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
        var dataset = nj_rx_dataset(
            read: { source, numbers, count, items in
                guard let source, let numbers, let items else { return }
                for i in 0..<count {
                    UnsafeMutableRawPointer(items + i).copyMemory(from: source + Int(numbers[i]) * 64, byteCount: 64)
                }
            }, source: memory.pointer)
        nj_rx_execute(&program, registers, scratchpads.0.pointer, &dataset, &roundings.0)
        executor.execute(
            &program, registers: registers + 1, scratchpad: scratchpads.1.pointer, rounding: &roundings.1)
    }

    /// The register files, 32 words each.
    var registerFiles: [[UInt64]] {
        (0..<2).map { Array(UnsafeRawBufferPointer(start: registers + $0, count: 256).bindMemory(to: UInt64.self)) }
    }

    /// Whether register files, scratchpads and rounding modes are the same.
    var agree: Bool {
        memcmp(registers, registers + 1, MemoryLayout<nj_rx_registers>.size) == 0
            && memcmp(scratchpads.0.pointer, scratchpads.1.pointer, parameters.scratchpadL3) == 0
            && roundings.0 == roundings.1
    }
}
