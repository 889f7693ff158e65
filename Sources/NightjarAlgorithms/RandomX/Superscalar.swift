/// An instruction of a superscalar program (`doc/specs.md` 6.1).
package struct SuperscalarInstruction: Sendable, Hashable {
    /// The operations. The constant forms of IADD and IXOR are told apart by their size in bytes on the reference CPU,
    /// which only the generator cares about.
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
    /// Equal to `dst` where the operation has no source register.
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

/// One of the programs that make up SuperscalarHash.
package struct SuperscalarProgram: Sendable {
    package let instructions: [SuperscalarInstruction]
    /// The register with the longest chain of dependencies, which names the next cache line (7.3).
    package let addressRegister: Int

    package init(instructions: [SuperscalarInstruction]) {
        self.instructions = instructions
        // Chain lengths on a machine that runs everything at once, one cycle an instruction.
        var chains = [Int](repeating: 0, count: 8)
        for instruction in instructions {
            let dst = Int(instruction.dst), src = Int(instruction.src)
            chains[dst] = max(chains[dst], chains[src]) + 1
        }
        var longest = 0
        for register in 1..<8 where chains[register] > chains[longest] { longest = register }
        addressRegister = longest
    }
}

/// The execution ports of the reference CPU (6.2).
struct Ports: OptionSet {
    let rawValue: UInt8

    static let p0 = Ports(rawValue: 1)
    static let p1 = Ports(rawValue: 2)
    static let p5 = Ports(rawValue: 4)
    static let p01: Ports = [.p0, .p1]
    static let p05: Ports = [.p0, .p5]
    static let p015: Ports = [.p0, .p1, .p5]

    /// Ports in the order in which they are tried: P1, which alone multiplies, last.
    static let preference: [Ports] = [.p5, .p0, .p1]
}

/// What the reference CPU's decoder makes of an instruction: Table 6.2.1. Sizes stand in the decoder groups.
struct MacroOp {
    let latency: Int
    /// The ports of each micro-op. A move has none: it is eliminated.
    let microOps: [Ports]
    /// Waits for the result of the macro-op before it.
    var isDependent = false

    static let move = MacroOp(latency: 0, microOps: [])
    static let multiply = MacroOp(latency: 3, microOps: [.p1])
    static let multiplyWide = MacroOp(latency: 4, microOps: [.p1, .p5])

    static func simple(_ ports: Ports) -> MacroOp { MacroOp(latency: 1, microOps: [ports]) }
}

extension SuperscalarInstruction.Opcode {
    /// The macro-ops, in order: Table 6.1.1.
    var macroOps: [MacroOp] {
        switch self {
        case .isubR, .ixorR, .iaddC7, .ixorC7, .iaddC8, .ixorC8, .iaddC9, .ixorC9: [.simple(.p015)]
        case .iaddRS: [.simple(.p01)]
        case .irorC: [.simple(.p05)]
        case .imulR: [.multiply]
        case .imulhR, .ismulhR: [.move, .multiplyWide, .move]
        case .imulRcp: [.simple(.p015), MacroOp(latency: 3, microOps: [.p1], isDependent: true)]
        }
    }

    /// The macro-op at which the source register is chosen; none where there is no source.
    var sourceOp: Int? {
        switch self {
        case .isubR, .ixorR, .iaddRS, .imulR: 0
        case .imulhR, .ismulhR: 1
        default: nil
        }
    }

    /// The macro-op at which the destination register is chosen.
    var destinationOp: Int { self == .imulRcp ? 1 : 0 }

    /// The macro-op that writes the result.
    var resultOp: Int {
        switch self {
        case .imulhR, .ismulhR, .imulRcp: 1
        default: 0
        }
    }

    /// Operations of one group must not follow each other on a register with the same operand (6.3.4).
    var group: Self {
        switch self {
        case .isubR: .iaddRS
        case .iaddC8, .iaddC9: .iaddC7
        case .ixorC8, .ixorC9: .ixorC7
        default: self
        }
    }
}
