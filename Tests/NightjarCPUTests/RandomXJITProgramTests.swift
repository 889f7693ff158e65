import CHashing
import NightjarAlgorithms
import NightjarCPU
import NightjarCore
import TestSupport
import Testing

/// Compiled programs against interpreted ones: register file, scratchpad and rounding mode after each.
@Suite(.timeLimit(.minutes(10))) struct RandomXJITProgramTests {
    /// Every member of the family, and each with all instructions equally likely and branches taken often.
    private static let cases: [(name: String, parameters: RandomXParameters, programs: Int)] = {
        var cases: [(String, RandomXParameters, Int)] = []
        for algorithm in variants {
            guard let parameters = algorithm.randomX else { continue }
            cases.append((algorithm.name, parameters.small(iterations: 128), algorithm == .rx0 ? 10_000 : 1000))
            let even = parameters.small(iterations: 32, frequencies: RandomXParameters.evenFrequencies, jumpBits: 2)
            cases.append(("\(algorithm.name), even frequencies", even, 1000))
        }
        return cases
    }()

    private static let variants = Catalog.all.filter { $0.randomX != nil }

    @Test(arguments: cases.map(\.name))
    func randomPrograms(name: String) throws {
        let (_, parameters, programs) = try #require(Self.cases.first { $0.name == name })
        try check(name, parameters, programs, light: false)
    }

    /// The code that computes dataset items is called from within a program, in the midst of its registers.
    @Test(arguments: variants)
    func randomProgramsInLightMode(_ variant: Algorithm) throws {
        let parameters = try #require(variant.randomX).small(iterations: 64, cacheKiB: 256)
        try check(variant.name, parameters, 200, light: true)
    }

    /// The code for processors that lack MULX and RORX.
    @Test func randomProgramsWithoutBMI2() throws {
        let parameters = try #require(Algorithm.rx0.randomX).small(iterations: 128)
        let features = ProgramFeatures(hasBMI2: false, hasEmbeddedRounding: false)
        try check("rx/0 without BMI2", parameters, 2000, light: false, features)
    }

    /// Both hints by which items are prefetched.
    @Test(arguments: [false, true])
    func randomProgramsWithEitherPrefetch(itemsPassL2: Bool) throws {
        let parameters = try #require(Algorithm.rx2.randomX).small(iterations: 128)
        var features = ProgramFeatures.available
        features.itemsPassL2 = itemsPassL2
        try check("rx/2", parameters, 1000, light: false, features)
    }

    /// Programs with a copy for each rounding mode, where the processor can run them; so also v2's, which have none
    /// otherwise.
    @Test(arguments: cases.map(\.name))
    func randomProgramsInCopies(name: String) throws {
        let (_, parameters, programs) = try #require(Self.cases.first { $0.name == name })
        try check(name, parameters, programs, light: false, copies: ProgramFeatures.available.hasEmbeddedRounding)
    }

    private func check(
        _ name: String, _ parameters: RandomXParameters, _ programs: Int, light: Bool,
        _ features: ProgramFeatures = .available, copies: Bool = false
    ) throws {
        var random = SeededGenerator(seed: 1)
        let machines = try TwoMachines(parameters, light: light, features: features, copies: copies, &random)
        var modesLeft: [UInt32: Int] = [:]
        var opcodes: Set<UInt8> = []
        for number in 0..<programs {
            let bytes = (0..<16 + parameters.programSize).map { _ in random.next() }
            machines.run(bytes, rounding: UInt32(number & 3))
            modesLeft[machines.roundings.0, default: 0] += 1
            opcodes.formUnion(machines.opcodes)
            guard machines.agree else {
                Issue.record("program \(number) of \(name): \(machines.registerFiles), \(machines.roundings)")
                return
            }
        }
        // The comparison is worth something only where each mode came to pass. Each was set at the start of every
        // fourth program, too.
        for mode in 0..<4 as Range<UInt32> { #expect(modesLeft[mode, default: 0] > programs / 10) }
        // And each operation; one variant does without IROL_R.
        var all = Set(NJ_RX_IADD_RS.rawValue...NJ_RX_ISTORE.rawValue)
        if parameters.frequencies[RandomXParameters.Instruction.irolR.rawValue] == 0 {
            all.remove(NJ_RX_IROL_R.rawValue)
        }
        #expect(all.subtracting(opcodes).isEmpty)
    }

    /// A program's outcome depends on the mode that it begins with, so that a mode which is not kept is found.
    @Test func roundingModesMakeADifference() throws {
        let parameters = try #require(Algorithm.rx0.randomX).small(iterations: 16)
        var random = SeededGenerator(seed: 2)
        let programs = (0..<8).map { _ in (0..<16 + parameters.programSize).map { _ in random.next() } }
        var outcomes: [[[UInt64]]] = []
        for mode in 0..<4 as Range<UInt32> {
            // The same memory for each mode.
            var random = SeededGenerator(seed: 3)
            let machines = try TwoMachines(parameters, &random)
            outcomes.append(
                programs.map { program in
                    machines.run(program, rounding: mode)
                    #expect(machines.agree)
                    return Array(machines.scratchpadBytes[1].bindMemory(to: UInt64.self))
                })
        }
        for (a, b) in [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)] { #expect(outcomes[a].last != outcomes[b].last) }
    }

    /// One bit is enough to tell the machines apart, wherever it is.
    @Test func theComparisonSeesOneBit() throws {
        let parameters = try #require(Algorithm.rx0.randomX).small(iterations: 1)
        var random = SeededGenerator(seed: 4)
        let machines = try TwoMachines(parameters, &random)
        machines.run((0..<16 + parameters.programSize).map { _ in random.next() }, rounding: 0)
        #expect(machines.agree)
        for bit in [0, 511, 512, 1023, 1024, 1535, 1536, 2047] {
            machines.flipRegisterBit(bit)
            #expect(!machines.agree, "register file, bit \(bit)")
            machines.flipRegisterBit(bit)
        }
        let scratchpad = machines.scratchpadBytes[1]
        for byte in [0, scratchpad.count / 2, scratchpad.count - 1] {
            scratchpad[byte] ^= 1
            #expect(!machines.agree, "scratchpad, byte \(byte)")
            scratchpad[byte] ^= 1
        }
        #expect(machines.agree)
    }
}
