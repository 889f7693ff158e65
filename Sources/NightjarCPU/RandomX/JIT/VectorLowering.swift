import NightjarAlgorithms

/// Superscalar instructions (`doc/specs.md` 6.1) on four items at once, with AVX2.
struct VectorLowering {
    private var last: UInt8 = 0

    /// The next of the eight temporary vectors. The processor renames registers, so only the temporaries of one
    /// instruction must differ.
    private mutating func temporary() -> Vector {
        last = (last + 1) & 7
        return ItemBatchMap.temporary(last)
    }

    mutating func add(
        _ instruction: SuperscalarInstruction, _ constants: inout VectorConstants, to stream: inout InstructionStream
    ) {
        let dst = ItemBatchMap.vector(instruction.dst), src = ItemBatchMap.vector(instruction.src)
        let constant = UInt64(bitPattern: Int64(Int32(bitPattern: instruction.imm32)))
        switch instruction.opcode {
        case .isubR: stream.add { $0.vector(.sub, dst, dst, src) }
        case .ixorR: stream.add { $0.vector(.xor, dst, dst, src) }
        case .iaddRS: addShifted(dst, src, instruction.shift, &stream)
        case .irorC: rotate(dst, UInt8(truncatingIfNeeded: instruction.imm32 & 63), &constants, &stream)
        case .iaddC7, .iaddC8, .iaddC9:
            let operand = constants(constant)
            stream.add { $0.vector(.add, dst, dst, operand) }
        case .ixorC7, .ixorC8, .ixorC9:
            let operand = constants(constant)
            stream.add { $0.vector(.xor, dst, dst, operand) }
        case .imulR: multiply(dst, src, &constants, &stream)
        case .imulRcp: multiply(dst, by: reciprocal(instruction.imm32), &constants, &stream)
        case .imulhR: multiplyHigh(dst, src, signed: false, &constants, &stream)
        case .ismulhR: multiplyHigh(dst, src, signed: true, &constants, &stream)
        }
    }

    private mutating func addShifted(_ dst: Vector, _ src: Vector, _ shift: UInt8, _ stream: inout InstructionStream) {
        guard shift > 0 else { return stream.add { $0.vector(.add, dst, dst, src) } }
        let shifted = temporary()
        stream.add { $0.vectorShiftLeft(shifted, src, shift) }
        stream.add { $0.vector(.add, dst, dst, shifted) }
    }

    private mutating func rotate(
        _ dst: Vector, _ count: UInt8, _ constants: inout VectorConstants, _ stream: inout InstructionStream
    ) {
        if count == 32 { return stream.add { $0.vectorSwapHalves(dst, dst) } }
        if count & 7 == 0 {
            // A rotation by whole bytes: byte i of the result is byte i + count / 8 of the element, modulo 8.
            func numbers(_ lane: UInt64) -> UInt64 {
                (0..<8).reduce(0) { $0 | (8 * lane + ($1 + UInt64(count / 8)) & 7) << (8 * $1) }
            }
            let operand = constants(SIMD4(numbers(0), numbers(1), numbers(0), numbers(1)))
            return stream.add { $0.vector(.shuffleBytes, dst, dst, operand) }
        }
        let low = temporary()
        stream.add { $0.vectorShiftRight(low, dst, count) }
        stream.add { $0.vectorShiftLeft(dst, dst, 64 - count) }
        stream.add { $0.vector(.or, dst, dst, low) }
    }

    /// a × b = low(a) × low(b) + (low(a) × high(b) + high(a) × low(b)) << 32. One multiplication of 32-bit elements
    /// makes both mixed products: the first in the low half of the 64-bit element, the second in the high half.
    private mutating func multiply(
        _ dst: Vector, _ src: Vector, _ constants: inout VectorConstants, _ stream: inout InstructionStream
    ) {
        let mixed = temporary()
        stream.add { $0.vectorSwapHalves(mixed, src) }
        stream.add { $0.vector(.multiply32, mixed, mixed, dst) }
        stream.add { $0.vector(.multiplyLowHalves, dst, dst, src) }
        addMixed(dst, mixed, &constants, &stream)
    }

    private mutating func multiply(
        _ dst: Vector, by constant: UInt64, _ constants: inout VectorConstants, _ stream: inout InstructionStream
    ) {
        let mixed = temporary()
        let swapped = constants(constant << 32 | constant >> 32), operand = constants(constant)
        stream.add { $0.vector(.multiply32, mixed, dst, swapped) }
        stream.add { $0.vector(.multiplyLowHalves, dst, dst, operand) }
        addMixed(dst, mixed, &constants, &stream)
    }

    private mutating func addMixed(
        _ dst: Vector, _ mixed: Vector, _ constants: inout VectorConstants, _ stream: inout InstructionStream
    ) {
        let shifted = temporary(), highHalves = constants(0xFFFF_FFFF_0000_0000)
        stream.add { $0.vectorShiftLeft(shifted, mixed, 32) }
        stream.add { $0.vector(.and, mixed, mixed, highHalves) }
        stream.add { $0.vector(.add, shifted, shifted, mixed) }
        stream.add { $0.vector(.add, dst, dst, shifted) }
    }

    /// Computes the high half from the four products of halves, with additions that do not overflow. A signed product
    /// is the unsigned one, minus each factor when the other is negative.
    private mutating func multiplyHigh(
        _ dst: Vector, _ src: Vector, signed: Bool, _ constants: inout VectorConstants,
        _ stream: inout InstructionStream
    ) {
        let highDst = temporary(), highSrc = dst == src ? highDst : temporary()
        let low = temporary(), middle = temporary(), other = temporary(), high = temporary()
        let lowHalves = constants(0xFFFF_FFFF)
        stream.add { $0.vectorShiftRight(highDst, dst, 32) }
        if dst != src { stream.add { $0.vectorShiftRight(highSrc, src, 32) } }
        stream.add { $0.vector(.multiplyLowHalves, low, dst, src) }
        stream.add { $0.vector(.multiplyLowHalves, middle, highDst, src) }
        stream.add { $0.vector(.multiplyLowHalves, other, dst, highSrc) }
        stream.add { $0.vector(.multiplyLowHalves, high, highDst, highSrc) }
        stream.add { $0.vectorShiftRight(low, low, 32) }
        stream.add { $0.vector(.add, middle, middle, low) }
        stream.add { $0.vector(.and, low, middle, lowHalves) }
        stream.add { $0.vectorShiftRight(middle, middle, 32) }
        stream.add { $0.vector(.add, other, other, low) }
        stream.add { $0.vector(.add, high, high, middle) }
        stream.add { $0.vectorShiftRight(other, other, 32) }
        guard signed else { return stream.add { $0.vector(.add, dst, high, other) } }
        stream.add { $0.vector(.add, high, high, other) }
        let zero = highDst
        stream.add { $0.vector(.xor, zero, zero, zero) }
        stream.add { $0.vectorSelect(low, zero, src, sign: dst) }
        stream.add { $0.vectorSelect(middle, zero, dst, sign: src) }
        stream.add { $0.vector(.sub, high, high, low) }
        stream.add { $0.vector(.sub, dst, high, middle) }
    }
}
