import NightjarAlgorithms

/// Superscalar instructions on one item in general registers.
enum ScalarLowering {
    static func add(
        _ instruction: SuperscalarInstruction, _ constants: inout VectorConstants, to stream: inout InstructionStream
    ) {
        let dst = RegisterMap.r(instruction.dst), src = RegisterMap.r(instruction.src)
        let constant = Int32(bitPattern: instruction.imm32)
        switch instruction.opcode {
        case .isubR: stream.add { $0.arithmetic(.sub, dst, src) }
        case .ixorR: stream.add { $0.arithmetic(.xor, dst, src) }
        case .iaddRS: stream.add { $0.lea(dst, Address(dst, index: src, scale: instruction.shift)) }
        case .imulR: stream.add { $0.imul(dst, src) }
        case .irorC: stream.add { $0.ror(dst, UInt8(truncatingIfNeeded: instruction.imm32 & 63)) }
        case .iaddC7, .iaddC8, .iaddC9: stream.add { $0.arithmetic(.add, dst, constant) }
        case .ixorC7, .ixorC8, .ixorC9: stream.add { $0.arithmetic(.xor, dst, constant) }
        case .imulRcp:
            let operand = constants(reciprocal(instruction.imm32))
            stream.add { $0.imul(dst, operand) }
        case .imulhR:
            stream.add { $0.mov(.rdx, dst) }
            stream.add { $0.mulx(high: dst, low: .rax, src) }
        case .ismulhR:
            stream.add { $0.mov(.rax, dst) }
            stream.add { $0.multiplyWide(signed: true, src) }
            stream.add { $0.mov(dst, .rdx) }
        }
    }
}
