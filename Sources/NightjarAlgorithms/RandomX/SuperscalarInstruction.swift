/// An instruction of a superscalar program (`doc/specs.md` 6.1).
package struct SuperscalarInstruction: Sendable, Hashable {
    /// The operations. The constant forms of IADD and IXOR have one case for each size in bytes on the reference CPU,
    /// which only the generator needs.
    package enum Opcode: UInt8, Sendable {
        case isubR, ixorR, iaddRS, imulR, irorC, iaddC7, ixorC7, iaddC8, ixorC8, iaddC9, ixorC9, imulhR, ismulhR,
            imulRcp

        package var isMultiplication: Bool {
            switch self {
            case .imulR, .imulhR, .ismulhR, .imulRcp: true
            default: false
            }
        }
    }

    package let opcode: Opcode
    package let dst: UInt8
    /// Equal to `dst` when the operation has no source register.
    package let src: UInt8
    /// IADD_RS's `mod` flags; zero otherwise.
    package let mod: UInt8
    /// The constant, the rotation count, or IMUL_RCP's divisor.
    package let imm32: UInt32

    package init(opcode: Opcode, dst: UInt8, src: UInt8, mod: UInt8, imm32: UInt32) {
        self.opcode = opcode
        self.dst = dst
        self.src = src
        self.mod = mod
        self.imm32 = imm32
    }

    /// The shift that `mod` holds (5.1.4).
    package var shift: UInt8 { mod >> 2 & 3 }
}
