import CHashing
import NightjarAlgorithms
import NightjarCPU
import Testing

#if arch(x86_64)
/// CryptoNight-R's programs as machine code, against the interpreter.
@Suite struct CompiledRandomMathTests {
    /// Every opcode with every destination and source.
    @Test func everyInstruction() throws {
        let compiler = try CompiledRandomMath()
        for opcode in RandomMath.Opcode.allCases {
            for dst in 0..<4 {
                for src in 0..<9 {
                    let constant: UInt32 = opcode == .add ? .random(in: .min ... .max) : 0
                    let instruction = RandomMath.Instruction(opcode: opcode, dst: dst, src: src, constant: constant)
                    check(RandomMath(instructions: [instruction]), compiler)
                }
            }
        }
    }

    /// Programs of many heights, one after the other in the same memory.
    @Test func programsOfManyHeights() throws {
        let compiler = try CompiledRandomMath()
        for height in (0..<3000).map({ UInt64($0) * 7919 }) { check(RandomMath(height: height), compiler) }
    }

    @Test func theLongestProgramFits() throws {
        let code = try WritableCode(size: CompiledRandomMath.worstSize)
        for (opcode, src) in [(RandomMath.Opcode.add, 8), (.ror, 8), (.mul, 8), (.add, 3)] {
            let instruction = RandomMath.Instruction(opcode: opcode, dst: 3, src: src, constant: .max / 3)
            let program = RandomMath(instructions: .init(repeating: instruction, count: RandomMath.maximumCount))
            let size = CompiledRandomMath.emit(program, into: code)
            #expect(size + Assembler.slack <= CompiledRandomMath.worstSize)
        }
    }

    private func check(_ math: RandomMath, _ compiler: CompiledRandomMath) {
        let before = (0..<9).map { _ in UInt32.random(in: .min ... .max) }
        let expected = run(math, before, compiled: nil)
        guard let code = compiler.compile(math) else {
            Issue.record("nothing was compiled")
            return
        }
        #expect(run(math, before, compiled: code) == expected, "\(math.instructions), \(before)")
    }

    private func run(_ math: RandomMath, _ before: [UInt32], compiled: UnsafeRawPointer?) -> [UInt32] {
        var program = nj_random_math_program()
        let instructions = math.instructions.map {
            nj_random_math_instruction(
                opcode: $0.opcode.rawValue, dst: UInt8($0.dst), src: UInt8($0.src), constant: $0.constant)
        }
        nj_random_math_prepare(&program, instructions, instructions.count)
        program.compiled = compiled
        var registers = nj_random_math_registers()
        return withUnsafeMutableBytes(of: &registers) { bytes in
            bytes.copyBytes(from: before.withUnsafeBytes(Array.init))
            let r = bytes.baseAddress?.assumingMemoryBound(to: nj_random_math_registers.self)
            nj_random_math_run(compiled == nil ? NJ_PORTABLE : NJ_NATIVE, &program, r)
            return Array(bytes.bindMemory(to: UInt32.self))
        }
    }
}
#endif
