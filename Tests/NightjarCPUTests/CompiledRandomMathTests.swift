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

    /// Different registers for each hash. Memory on both sides stays the same.
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
            let before = (0..<count + 1).map { _ in hash(&random) }
            var hashes = before
            nj_random_math_run_hashes(&program, &hashes, Int32(count))
            for (i, hash) in before.enumerated() {
                let expected = i < count ? interpreted(hash, &program) : hash
                #expect(bytes(hashes[i]) == bytes(expected), "\(math.instructions), \(hash)")
            }
        }
    }

    private func hash(_ random: inout SeededGenerator) -> nj_random_math_hash {
        var hash = nj_random_math_hash()
        withUnsafeMutableBytes(of: &hash) { $0.copyBytes(from: random.bytes($0.count)) }
        return hash
    }

    private func bytes(_ hash: nj_random_math_hash) -> [UInt8] { withUnsafeBytes(of: hash) { Array($0[..<72]) } }

    /// What a run makes of the memory of a hash.
    private func interpreted(_ hash: nj_random_math_hash, _ program: inout nj_random_math_program)
        -> nj_random_math_hash
    {
        var hash = hash
        var registers = nj_random_math_registers()
        let r = hash.r
        hash.sums = UInt64(r.0 &+ r.1) | UInt64(r.2 &+ r.3) << 32
        registers.r = (
            r.0, r.1, r.2, r.3, UInt32(truncatingIfNeeded: hash.a.0), UInt32(truncatingIfNeeded: hash.a.1),
            UInt32(truncatingIfNeeded: hash.b.0), UInt32(truncatingIfNeeded: hash.older_b.0),
            UInt32(truncatingIfNeeded: hash.older_b.1)
        )
        nj_random_math_run(NJ_PORTABLE, &program, &registers)
        hash.r = (registers.r.0, registers.r.1, registers.r.2, registers.r.3)
        return hash
    }
}
#endif
