import CHashing
import NightjarAlgorithms
import NightjarCPU
import TestSupport
import Testing

#if arch(x86_64)
/// CryptoNight-R's programs as machine code, against the interpreter.
@Suite(.timeLimit(.minutes(10))) struct CompiledRandomMathTests {
    /// Every opcode with every destination and source.
    @Test func everyInstruction() throws {
        var random = SeededGenerator()
        let compiler = try CompiledRandomMath()
        for opcode in RandomMath.Opcode.allCases {
            for dst in 0..<4 {
                for src in 0..<9 {
                    let constant: UInt32 = opcode == .add ? .random(in: .min ... .max, using: &random) : 0
                    let instruction = RandomMath.Instruction(opcode: opcode, dst: dst, src: src, constant: constant)
                    check(RandomMath(instructions: [instruction]), compiler, &random)
                }
            }
        }
    }

    /// Programs of many heights, one after the other in the same memory.
    @Test func programsOfManyHeights() throws {
        let compiler = try CompiledRandomMath()
        var random = SeededGenerator()
        for height in (0..<3000).map({ UInt64($0) * 7919 }) { check(RandomMath(height: height), compiler, &random) }
    }

    @Test func theLongestProgramFits() throws {
        let code = try WritableCode(size: CompiledRandomMath.worstSize)
        for (opcode, src) in [(RandomMath.Opcode.add, 8), (.ror, 8), (.mul, 8), (.add, 3)] {
            let instruction = RandomMath.Instruction(opcode: opcode, dst: 3, src: src, constant: .max / 3)
            let program = RandomMath(instructions: .init(repeating: instruction, count: RandomMath.maximumCount))
            var all = 0
            for count in 1...CompiledRandomMath.sideBySide {
                all += CompiledRandomMath.emit(program, count: count, into: code, at: 0)
            }
            #expect(all + Assembler.slack <= CompiledRandomMath.worstSize)
        }
    }

    /// Different registers in each lane, on both sides of which nothing changes.
    private func check(_ math: RandomMath, _ compiler: CompiledRandomMath, _ random: inout SeededGenerator) {
        let code = compiler.compile(math)
        guard code.count == CompiledRandomMath.sideBySide else {
            Issue.record("nothing was compiled")
            return
        }
        var program = nj_random_math_program()
        let instructions = math.instructions.map {
            nj_random_math_instruction(
                opcode: $0.opcode.rawValue, dst: UInt8($0.dst), src: UInt8($0.src), constant: $0.constant)
        }
        nj_random_math_prepare(&program, instructions, instructions.count)
        withUnsafeMutableBytes(of: &program.compiled) { $0.copyBytes(from: code.withUnsafeBytes(Array.init)) }
        for count in 1...code.count {
            let before = (0..<count + 1).map { _ in lane(&random) }
            var lanes = before
            nj_random_math_run_lanes(&program, &lanes, Int32(count))
            for (i, lane) in before.enumerated() {
                let expected = i < count ? interpreted(lane, &program) : lane
                #expect(bytes(lanes[i]) == bytes(expected), "\(math.instructions), \(lane)")
            }
        }
    }

    private func lane(_ random: inout SeededGenerator) -> nj_random_math_lane {
        var lane = nj_random_math_lane()
        withUnsafeMutableBytes(of: &lane) { $0.copyBytes(from: random.bytes($0.count)) }
        return lane
    }

    private func bytes(_ lane: nj_random_math_lane) -> [UInt8] { withUnsafeBytes(of: lane) { Array($0[..<72]) } }

    /// What a run makes of a lane.
    private func interpreted(_ lane: nj_random_math_lane, _ program: inout nj_random_math_program)
        -> nj_random_math_lane
    {
        var lane = lane
        var registers = nj_random_math_registers()
        let r = lane.r
        lane.sums = UInt64(r.0 &+ r.1) | UInt64(r.2 &+ r.3) << 32
        registers.r = (
            r.0, r.1, r.2, r.3, UInt32(truncatingIfNeeded: lane.a.0), UInt32(truncatingIfNeeded: lane.a.1),
            UInt32(truncatingIfNeeded: lane.b.0), UInt32(truncatingIfNeeded: lane.older_b.0),
            UInt32(truncatingIfNeeded: lane.older_b.1)
        )
        nj_random_math_run(NJ_PORTABLE, &program, &registers)
        lane.r = (registers.r.0, registers.r.1, registers.r.2, registers.r.3)
        return lane
    }
}
#endif
