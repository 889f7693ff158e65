import CHashing
import NightjarAlgorithms
import NightjarCPU
import NightjarCore
import Testing

/// The worst cases that code memory is made for, against every instruction at its longest.
@Suite(.timeLimit(.minutes(10))) struct RandomXJITSizeTests {
    private let parameters = Algorithm.rx0.randomX!

    /// Bytes of a program.
    private func size(
        _ program: [nj_rx_instruction], _ dataset: ProgramEmitter.Dataset = .memory,
        _ features: ProgramFeatures = ProgramFeatures(hasBMI2: true, hasEmbeddedRounding: false)
    ) throws -> Int {
        let emitter = ProgramEmitter(parameters, features)
        let writable = try WritableCode(size: ProgramEmitter.worstSize(parameters, features))
        return program.withUnsafeBufferPointer { instructions in
            var program = RandomXDecoder(parameters).worst
            program.instructions = instructions.baseAddress
            program.count = UInt32(instructions.count)
            var rounding: UInt32 = 0
            return emitter.emit(
                &program, roundings: &rounding, dataset, copies: features.hasEmbeddedRounding, into: writable)
        }
    }

    /// All kinds of code. It is not run here, so this processor need not be able to.
    private static let features = [
        ProgramFeatures(hasBMI2: false, hasEmbeddedRounding: false),
        ProgramFeatures(hasBMI2: true, hasEmbeddedRounding: false),
        ProgramFeatures(hasBMI2: false, hasEmbeddedRounding: true),
        ProgramFeatures(hasBMI2: true, hasEmbeddedRounding: true),
    ]

    @Test func noInstructionIsLongerThanTheWorst() throws {
        var longest = 0
        let opcodes = NJ_RX_NOP.rawValue...NJ_RX_ISTORE.rawValue
        for opcode in opcodes {
            for (dst, src) in [(4, 5), (5, 4), (4, 4), (5, 8), (3, 3)] as [(UInt8, UInt8)] {
                for immediate in [UInt64(0x7FFF_FFFF), UInt64(bitPattern: Int64(Int32.min)), 0xDEAD_BEEF_DEAD_BEEF] {
                    let kind = nj_rx_opcode(rawValue: opcode)
                    // Only IMUL_C has constants of 64 bits, only memory operands have no source, and a branch goes far.
                    if immediate > 1 << 63, immediate < UInt64(bitPattern: Int64(Int32.min)), kind != NJ_RX_IMUL_C {
                        continue
                    }
                    let instruction = nj_rx_instruction(
                        opcode: kind, dst: dst, src: src, shift: 3, mask: 0x1F_FFF8, immediate: immediate, target: 0)
                    let worst = try Self.features.map { try length(instruction, $0) }.max() ?? 0
                    #expect(worst <= ProgramEmitter.worstInstruction, "opcode \(opcode), \(dst), \(src)")
                    longest = max(longest, worst)
                }
            }
        }
        // The bound is exact, so that it tells something.
        #expect(longest == ProgramEmitter.worstInstruction)
    }

    /// Bytes of an instruction's code. Copies are as long as a multiple of 32 and there may be four, so the mean of many
    /// instructions is measured.
    private func length(_ instruction: nj_rx_instruction, _ features: ProgramFeatures) throws -> Int {
        let round = nj_rx_instruction(
            opcode: NJ_RX_CFROUND, dst: 0, src: 0, shift: 0, mask: 0, immediate: 0, target: 0)
        func size(_ count: Int) throws -> Int {
            let program = [round] + [nj_rx_instruction](repeating: instruction, count: count)
            return try self.size(program, .memory, features)
        }
        return try (size(200) - size(200 - 32)) / 32 / (features.hasEmbeddedRounding ? 4 : 1)
    }

    /// Bytes of a program for each machine, and the most that they may take. There is a CFROUND in each program, since
    /// without one there is less to do at a turn.
    private func frames(
        _ variant: Algorithm, machines: Int, _ dataset: ProgramEmitter.Dataset, copies: Bool = false
    ) throws -> (size: Int, worst: Int) {
        let parameters = try #require(variant.randomX)
        let features = ProgramFeatures(hasBMI2: true, hasEmbeddedRounding: copies)
        let emitter = ProgramEmitter(parameters, machines: machines, features)
        let writable = try WritableCode(size: ProgramEmitter.worstSize(parameters, machines: machines, features))
        let roundings = [UInt32](repeating: 0, count: machines)
        let round = nj_rx_instruction(
            opcode: NJ_RX_CFROUND, dst: 0, src: 0, shift: 0, mask: 0, immediate: 0, target: 0)
        let size = [round].withUnsafeBufferPointer { instructions in
            var program = RandomXDecoder(parameters).worst
            program.instructions = instructions.baseAddress
            program.count = 1
            let programs = [nj_rx_program](repeating: program, count: machines)
            return emitter.emit(
                programs, count: machines, roundings: roundings, dataset, copies: copies, into: writable)
        }
        let count = machines * (copies ? 4 : 1)
        return (size, count * (ProgramEmitter.worstAround + ProgramEmitter.worstInstruction))
    }

    @Test(arguments: Catalog.all.filter { $0.randomX != nil }, 1...ProgramEmitter.mostMachines)
    func framesAreAsSmallAsTheySay(_ variant: Algorithm, machines: Int) throws {
        let (size, worst) = try frames(variant, machines: machines, .memory)
        #expect(size <= worst)
        // The bounds are close, so that they tell something; a machine by itself has no state to put away.
        #expect(size > (machines == 1 ? worst / 2 : worst * 2 / 3))
        // The frame before the first machine is not copied.
        let copies = try frames(variant, machines: machines, .memory, copies: true)
        #expect(copies.size <= copies.worst)
        #expect(copies.size > copies.worst / 3)
    }

    /// The same for machines whose items are computed together. The bound is that of machines with a dataset.
    @Test(arguments: Catalog.all.filter { $0.randomX != nil }, 2...ProgramEmitter.mostTogether)
    func lightFramesFit(_ variant: Algorithm, machines: Int) throws {
        let (size, worst) = try frames(variant, machines: machines, .computed)
        #expect(size <= worst)
        #expect(size > worst / 2)
    }

    @Test func theFrameIsAsSmallAsItSays() throws {
        let nothing = nj_rx_instruction(
            opcode: NJ_RX_NOP, dst: 0, src: 0, shift: 0, mask: 0, immediate: 0, target: 0)
        for dataset in [ProgramEmitter.Dataset.memory, .computed] {
            let frame = try size([nothing], dataset)
            // The loop's jump is near without instructions, and four bytes longer with them.
            #expect(frame + 4 <= ProgramEmitter.worstAround)
            #expect(frame > ProgramEmitter.worstAround / 2)
        }
    }

    @Test func superscalarInstructions() throws {
        func items(_ programs: [SuperscalarProgram]) throws -> Int {
            let writable = try WritableCode(size: SuperscalarEmitter.worstSize(programs))
            return SuperscalarEmitter.emit(programs, cacheSize: parameters.cacheKiB * 1024, into: writable).size
        }
        var longest = 0
        for opcode in 0...SuperscalarInstruction.Opcode.imulRcp.rawValue {
            guard let opcode = SuperscalarInstruction.Opcode(rawValue: opcode) else { continue }
            for (dst, src) in [(4, 5), (5, 4)] as [(UInt8, UInt8)] {
                let instruction = SuperscalarInstruction(
                    opcode: opcode, dst: dst, src: src, mod: 12, imm32: 0xDEAD_BEEF)
                // In steps of 32, to which the second entry is aligned.
                let long: Int = try items([SuperscalarProgram(instructions: .init(repeating: instruction, count: 64))])
                let short: Int = try items([SuperscalarProgram(instructions: .init(repeating: instruction, count: 32))])
                longest = max(longest, (long - short) / 32)
            }
        }
        #expect(longest == SuperscalarEmitter.worstInstruction)
        let none = SuperscalarProgram(instructions: [])
        let many = try items([SuperscalarProgram](repeating: none, count: 65))
        let few = try items([SuperscalarProgram](repeating: none, count: 33))
        #expect((many - few + 31) / 32 <= SuperscalarEmitter.worstProgram)
        #expect(few <= SuperscalarEmitter.worstFrame + 33 * SuperscalarEmitter.worstProgram)
    }

    @Test func programsForSeveralItemsInTurns() throws {
        func size(_ count: Int) throws -> Int {
            let programs = [SuperscalarProgram](repeating: SuperscalarProgram(instructions: []), count: count)
            let writable = try WritableCode(size: ItemTurnsEmitter.worstSize(programs))
            return ItemTurnsEmitter.emit(programs, cacheSize: parameters.cacheKiB * 1024, into: writable)
        }
        let (many, few) = try (size(65), size(33))
        let program = (many - few + 31) / 32
        #expect(program <= ItemTurnsEmitter.worstProgram)
        #expect(program > ItemTurnsEmitter.worstProgram / 2)
        let frame = few - 33 * program
        #expect(frame <= ItemTurnsEmitter.worstFrame)
        #expect(frame > ItemTurnsEmitter.worstFrame / 3)
    }
}

extension RandomXDecoder {
    /// A configuration all of whose constants are long.
    fileprivate var worst: nj_rx_program {
        var a = [UInt64](repeating: 0, count: 8)
        return [UInt64](repeating: .max, count: 16).withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress else { return nj_rx_program() }
            return configuration(base, a: &a)
        }
    }
}
