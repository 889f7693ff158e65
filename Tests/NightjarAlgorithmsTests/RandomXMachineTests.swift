import CHashing
import Foundation
import NightjarAlgorithms
import NightjarCore
import TestSupport
import Testing

/// The virtual machine's instructions, one at a time.
@Suite(.timeLimit(.minutes(5))) struct RandomXMachineTests {
    /// Runs instructions once under a rounding mode, and returns the mode that they leave.
    @discardableResult
    private func step(
        _ instructions: [nj_rx_instruction], _ registers: inout nj_rx_registers, rounding: UInt32 = 0,
        eMask: UInt64 = 0, scratchpad: Memory = Memory(64)
    ) -> UInt32 {
        var rounding = rounding
        instructions.withUnsafeBufferPointer { instructions in
            var program = nj_rx_program()
            program.instructions = instructions.baseAddress
            program.count = UInt32(instructions.count)
            program.e_mask = (eMask, eMask)
            nj_rx_step(&program, &registers, scratchpad.pointer.assumingMemoryBound(to: UInt8.self), &rounding)
        }
        return rounding
    }

    private func instruction(_ opcode: nj_rx_opcode, dst: UInt8 = 0, src: UInt8 = 1) -> nj_rx_instruction {
        nj_rx_instruction(opcode: opcode, dst: dst, src: src, shift: 0, mask: 56, immediate: 0, target: 0)
    }

    @Test func doubleArithmetic() throws {
        let rows = try RandomXStages.load().double_arithmetic
        #expect(rows.count == 69)
        for row in rows {
            for (mode, expected) in [row.nearest, row.down, row.up, row.zero].enumerated() {
                var registers = nj_rx_registers()
                let a = row.a.number, b = row.b?.number ?? 0
                var eMask: UInt64 = 0
                let opcode: nj_rx_opcode
                switch row.op {
                case "add": (opcode, registers.f.0, registers.f.1) = (NJ_RX_FADD_R, a, a)
                case "sub": (opcode, registers.f.0, registers.f.1) = (NJ_RX_FSUB_R, a, a)
                case "mul": (opcode, registers.e.0, registers.e.1) = (NJ_RX_FMUL_R, a, a)
                case "sqrt": (opcode, registers.e.0, registers.e.1) = (NJ_RX_FSQRT_R, a, a)
                default:
                    // The divisor comes from memory: zero there leaves exactly the mask's bits.
                    #expect(row.op == "div")
                    (opcode, registers.e.0, registers.e.1) = (NJ_RX_FDIV_M, a, a)
                    eMask = b
                }
                (registers.a.0, registers.a.1) = (b, b)
                step([instruction(opcode, src: 0)], &registers, rounding: UInt32(mode), eMask: eMask)
                let isGroupF = row.op == "add" || row.op == "sub"
                let halves = isGroupF ? [registers.f.0, registers.f.1] : [registers.e.0, registers.e.1]
                #expect(halves == [expected.number, expected.number], "\(row.op) \(row.a) mode \(mode)")
            }
        }
    }

    @Test func integerInstructions() throws {
        let opcodes = [
            "IMULH_R": NJ_RX_IMULH_R, "ISMULH_R": NJ_RX_ISMULH_R, "IMUL_R": NJ_RX_IMUL_R, "IROR_R": NJ_RX_IROR_R,
            "IROL_R": NJ_RX_IROL_R, "ISUB_R": NJ_RX_ISUB_R, "INEG_R": NJ_RX_INEG_R,
        ]
        let rows = try RandomXStages.load().integer_instructions
        #expect(rows.count == 23)
        for row in rows {
            var registers = nj_rx_registers()
            registers.r.0 = row.dst.number
            registers.r.1 = row.src?.number ?? 0
            step([instruction(try #require(opcodes[row.op]))], &registers)
            #expect(registers.r.0 == row.result.number, "\(row.op) \(row.dst)")
        }
    }

    /// CFROUND takes the two low bits of the rotated register, and the rest of the program runs under them.
    @Test func roundingModeIsSetAndReturned() {
        for mode in 0..<4 {
            var registers = nj_rx_registers()
            registers.r.1 = UInt64(mode) << 7
            registers.f.0 = 1.0.bitPattern
            registers.a.0 = 0x1p-60.bitPattern
            var set = instruction(NJ_RX_CFROUND)
            set.immediate = 7
            set.mask = 0
            #expect(step([set, instruction(NJ_RX_FADD_R, src: 0)], &registers) == UInt32(mode))
            #expect(Double(bitPattern: registers.f.0) == (mode == 2 ? 1.0.nextUp : 1.0))
        }
    }

    /// A guarded CFROUND leaves the mode alone unless the guard's bits are all zero.
    @Test func guardedRoundingModeChangesRarely() throws {
        let guarded = try #require(decode([word(.cfround, src: 1, imm32: 0xFFFF_FFC7)], .rx2).first)
        #expect(guarded.mask == 0b11_1100 && guarded.src == 1)
        #expect(try decode([word(.cfround)]).first?.mask == 0)
        for bits in 0..<64 as Range<UInt64> {
            var registers = nj_rx_registers()
            // Rotated by 7, as imm32's low six bits say; what is above the six bits has no influence.
            registers.r.1 = (bits | 0xABC0) << 7
            #expect(step([guarded], &registers, rounding: 3) == (bits < 4 ? UInt32(bits) : 3))
        }
    }

    /// A caller's own rounding mode survives, and has no influence.
    @Test func callersRoundingModeSurvives() {
        let caller = fegetround()
        defer { fesetround(caller) }
        for mode: Int32 in [FE_TONEAREST, FE_DOWNWARD, FE_UPWARD, FE_TOWARDZERO] {
            fesetround(mode)
            let before = Self.sums(1, 0x1p-60)
            var registers = nj_rx_registers()
            registers.r.1 = 2
            registers.f.0 = 1.0.bitPattern
            registers.a.0 = 0x1p-60.bitPattern
            var set = instruction(NJ_RX_CFROUND)
            set.mask = 0
            let left = step([instruction(NJ_RX_FADD_R, src: 0), set], &registers)
            let after = Self.sums(1, 0x1p-60)
            fesetround(caller)
            #expect(left == 2)
            #expect(Double(bitPattern: registers.f.0) == 1)
            #expect(before == after)
            #expect(before == Self.expected(mode))
        }
    }

    /// 1 + tiny and -1 - tiny tell all modes but "nearest" and, among them, the two signs apart.
    @inline(never) @_optimize(none)
    private static func sums(_ one: Double, _ tiny: Double) -> [Double] { [one + tiny, -one - tiny] }

    private static func expected(_ mode: Int32) -> [Double] {
        switch mode {
        case FE_UPWARD: [(1.0).nextUp, -1]
        case FE_DOWNWARD: [1, (-1.0).nextDown]
        default: [1, -1]
        }
    }

    // MARK: Decoding

    private func decode(_ words: [UInt64], _ algorithm: Algorithm = .rx0) -> [nj_rx_instruction] {
        let size = algorithm.randomx.programSize
        let program = (words + [UInt64](repeating: 0, count: size - words.count)).map(\.littleEndian)
        return [nj_rx_instruction](unsafeUninitializedCapacity: size) { instructions, count in
            guard let base = instructions.baseAddress else { return }
            program.withUnsafeBytes {
                if let bytes = $0.baseAddress { RandomXDecoder(algorithm.randomx).instructions(bytes, into: base) }
            }
            count = words.count
        }
    }

    /// The word of an instruction of rx/0, which has the frequencies of v2.
    private func word(
        _ instruction: RandomXParameters.Instruction, dst: UInt64 = 0, src: UInt64 = 0, mod: UInt64 = 0,
        imm32: UInt64 = 0
    ) throws -> UInt64 {
        let opcode = try #require(Algorithm.rx0.randomx.opcodes.firstIndex(of: instruction))
        return UInt64(opcode) | dst << 8 | src << 16 | mod << 24 | imm32 << 32
    }

    @Test func branchTargets() throws {
        let words = try [
            word(.cbranch, dst: 3),  // nothing changed yet: back to the start
            word(.isubR, dst: 2, src: 1),
            word(.imulRcp, dst: 4, imm32: 8),  // a power of two: does nothing, changes nothing
            word(.iswapR, dst: 5, src: 5),  // the same
            word(.iswapR, dst: 6, src: 7),  // changes both
            word(.istore, dst: 2, src: 1),  // changes no register
            word(.cbranch, dst: 2),
            word(.cbranch, dst: 7),  // a branch counts as changing all
        ]
        let decoded = decode(words)
        #expect(decoded[0].target == 0)
        #expect(decoded[2].opcode == NJ_RX_NOP)
        #expect(decoded[3].opcode == NJ_RX_NOP)
        #expect(decoded[6].target == 2)
        #expect(decoded[7].target == 7)
        #expect(decode(Array(words[1..<5]) + [try word(.cbranch, dst: 4)])[4].target == 0)
        #expect(decode(Array(words[1..<5]) + [try word(.cbranch, dst: 5)])[4].target == 0)
        #expect(decode(Array(words[1..<5]) + [try word(.cbranch, dst: 6)])[4].target == 4)
        #expect(decode(Array(words[1..<5]) + [try word(.cbranch, dst: 7)])[4].target == 4)
    }

    @Test func branchConstants() throws {
        let branch = try #require(decode([try word(.cbranch, mod: 0x20, imm32: 0xFFFF_FFFF)]).first)
        #expect(branch.mask == 0xFF << 10)
        #expect(branch.immediate == 0xFFFF_FFFF_FFFF_FDFF)
    }

    /// A branch that is taken runs the instructions from its target again.
    @Test func branchIsTaken() throws {
        var registers = nj_rx_registers()
        // r0 starts one step short of zero bits at the condition, so that the branch is taken exactly once.
        registers.r.0 = 0xFF00
        registers.r.1 = 1
        step(decode([try word(.iaddRS, dst: 2, src: 1), try word(.cbranch, dst: 0)]), &registers)
        #expect(registers.r.2 == 2)
        #expect(registers.r.0 == 0x1_0100)
    }

    @Test func scratchpadLevels() throws {
        let l1: UInt32 = 16 * 1024 - 8, l2: UInt32 = 256 * 1024 - 8, l3: UInt32 = 2048 * 1024 - 8
        #expect(decode([try word(.iaddM, dst: 0, src: 1, mod: 0)])[0].mask == l2)
        for mod in 1...3 as ClosedRange<UInt64> {
            #expect(decode([try word(.iaddM, dst: 0, src: 1, mod: mod)])[0].mask == l1)
        }
        let fixed = decode([try word(.iaddM, dst: 1, src: 1, mod: 1)])[0]
        #expect(fixed.mask == l3)
        #expect(fixed.src == 8)
        #expect(decode([try word(.istore, mod: 0xD0)])[0].mask == l2)
        #expect(decode([try word(.istore, mod: 0xD1)])[0].mask == l1)
        #expect(decode([try word(.istore, mod: 0xE1)])[0].mask == l3)
        #expect(decode([try word(.faddM, dst: 1, src: 1, mod: 1)])[0].mask == l1)
    }
}
