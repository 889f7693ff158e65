/// The execution ports of the reference CPU (6.2).
struct Ports: OptionSet {
    let rawValue: UInt8

    static let p0 = Ports(rawValue: 1)
    static let p1 = Ports(rawValue: 2)
    static let p5 = Ports(rawValue: 4)
    static let p01: Ports = [.p0, .p1]
    static let p05: Ports = [.p0, .p5]
    static let p015: Ports = [.p0, .p1, .p5]

    /// The order in which ports are tried. P1 is last, because only P1 multiplies.
    static let preference: [Ports] = [.p5, .p0, .p1]
}

/// A macro-op, which the reference CPU's decoder makes from an instruction: Table 6.2.1. The decoder groups hold the
/// sizes.
struct MacroOp {
    let latency: Int
    /// The ports of each micro-op. A move has none: it is eliminated.
    let microOps: [Ports]
    /// Whether it waits for the result of the macro-op before it.
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

    /// The macro-op at which the source register is chosen; `nil` when there is no source.
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

    /// Two operations of one group must not follow each other on a register with the same operand (6.3.4).
    var group: Self {
        switch self {
        case .isubR: .iaddRS
        case .iaddC8, .iaddC9: .iaddC7
        case .ixorC8, .ixorC9: .ixorC7
        default: self
        }
    }
}
