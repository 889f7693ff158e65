import NightjarAlgorithms

/// Superscalar instructions (`doc/specs.md` 6.1) on eight items at once, with AVX-512.
struct WideLowering {
    private let group: ItemLanesMap.Group
    private var last: UInt8 = 0

    init(_ group: ItemLanesMap.Group) { self.group = group }

    /// The next of the group's eight temporary vectors. The processor renames registers, so only the temporaries of one
    /// instruction must differ.
    private mutating func temporary() -> WideVector {
        last = (last + 1) & 7
        return group.temporary(last)
    }

    mutating func add(
        _ instruction: SuperscalarInstruction, _ constants: inout WordConstants, to stream: inout InstructionStream
    ) {
        let dst = group.r(instruction.dst), src = group.r(instruction.src)
        let constant = UInt64(bitPattern: Int64(Int32(bitPattern: instruction.imm32)))
        switch instruction.opcode {
        case .isubR: stream.add { $0.wide(.sub, dst, dst, src) }
        case .ixorR: stream.add { $0.wide(.xor, dst, dst, src) }
        case .iaddRS: addShifted(dst, src, instruction.shift, &stream)
        case .irorC:
            let count = UInt8(truncatingIfNeeded: instruction.imm32 & 63)
            stream.add { $0.wideRotateRight(dst, dst, count) }
        case .iaddC7, .iaddC8, .iaddC9:
            let operand = constants(constant)
            stream.add { $0.wide(.add, dst, dst, word: operand) }
        case .ixorC7, .ixorC8, .ixorC9:
            let operand = constants(constant)
            stream.add { $0.wide(.xor, dst, dst, word: operand) }
        case .imulR: stream.add { $0.wide(.multiply, dst, dst, src) }
        case .imulRcp:
            let operand = constants(reciprocal(instruction.imm32))
            stream.add { $0.wide(.multiply, dst, dst, word: operand) }
        case .imulhR: multiplyHigh(dst, src, signed: false, &constants, &stream)
        case .ismulhR: multiplyHigh(dst, src, signed: true, &constants, &stream)
        }
    }

    private mutating func addShifted(
        _ dst: WideVector, _ src: WideVector, _ shift: UInt8, _ stream: inout InstructionStream
    ) {
        guard shift > 0 else { return stream.add { $0.wide(.add, dst, dst, src) } }
        let shifted = temporary()
        stream.add { $0.wideShiftLeft(shifted, src, shift) }
        stream.add { $0.wide(.add, dst, dst, shifted) }
    }

    /// Computes the high half from the four products of halves, with additions that do not overflow. A signed product
    /// is the unsigned one, minus each factor when the other is negative.
    private mutating func multiplyHigh(
        _ dst: WideVector, _ src: WideVector, signed: Bool, _ constants: inout WordConstants,
        _ stream: inout InstructionStream
    ) {
        let highDst = temporary(), highSrc = dst == src ? highDst : temporary()
        let lowHalves = constants(0xFFFF_FFFF)
        let low = temporary(), middle = temporary(), other = temporary(), high = temporary()
        stream.add { $0.wideShiftRight(highDst, dst, 32) }
        if dst != src { stream.add { $0.wideShiftRight(highSrc, src, 32) } }
        stream.add { $0.wide(.multiplyLowHalves, low, dst, src) }
        stream.add { $0.wide(.multiplyLowHalves, middle, highDst, src) }
        stream.add { $0.wide(.multiplyLowHalves, other, dst, highSrc) }
        stream.add { $0.wide(.multiplyLowHalves, high, highDst, highSrc) }
        stream.add { $0.wideShiftRight(low, low, 32) }
        stream.add { $0.wide(.add, middle, middle, low) }
        stream.add { $0.wide(.and, low, middle, word: lowHalves) }
        stream.add { $0.wideShiftRight(middle, middle, 32) }
        stream.add { $0.wide(.add, other, other, low) }
        stream.add { $0.wide(.add, high, high, middle) }
        stream.add { $0.wideShiftRight(other, other, 32) }
        if signed {
            let mask = group.mask
            stream.add { $0.wideSigns(mask: mask, dst) }
            stream.add { $0.wide(.sub, high, high, src, mask: mask) }
            stream.add { $0.wideSigns(mask: mask, src) }
            stream.add { $0.wide(.sub, high, high, dst, mask: mask) }
        }
        stream.add { $0.wide(.add, dst, high, other) }
    }
}
