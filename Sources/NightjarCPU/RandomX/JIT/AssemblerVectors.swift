/// Instructions on pairs of doubles: arithmetic, AES, moves.
///
/// Each has two forms. AVX's has a prefix that is up to two bytes longer. It clears the rest of its result's register,
/// which SSE's leaves as it is: arithmetic on whole registers needs it cleared.
extension Assembler {
    /// Operations on two doubles.
    package enum Pair: Sendable {
        case add, sub, mul, div, sqrt, and, or, xor

        var opcode: VectorOpcode {
            @inline(__always) get {
                switch self {
                case .add: VectorOpcode(.x66, .x0F, 0x58)
                case .sub: VectorOpcode(.x66, .x0F, 0x5C)
                case .mul: VectorOpcode(.x66, .x0F, 0x59)
                case .div: VectorOpcode(.x66, .x0F, 0x5E)
                case .sqrt: VectorOpcode(.x66, .x0F, 0x51)
                // Bitwise operations: the single-precision forms do the same and need no prefix in SSE.
                case .and: VectorOpcode(.none, .x0F, 0x54)
                case .or: VectorOpcode(.none, .x0F, 0x56)
                case .xor: VectorOpcode(.none, .x0F, 0x57)
                }
            }
        }

        /// Whether AVX's form has a first operand besides the result.
        var hasFirst: Bool { @inline(__always) get { self != .sqrt } }
    }

    /// `dst` becomes `dst` and `src`, combined, or the roots of `src`.
    @inline(__always)
    package mutating func pair(_ operation: Pair, _ dst: Vector, _ src: Vector) {
        form(operation.opcode, dst.number, first: operation.hasFirst ? dst.number : 0, src.number)
    }

    /// One round of AES encryption of `dst` with the round key `key`. Needs AES-NI.
    @inline(__always)
    package mutating func aesenc(_ dst: Vector, _ key: Vector) {
        form(VectorOpcode(.x66, .x0F38, 0xDC), dst.number, first: dst.number, key.number)
    }

    /// One round of AES decryption. Needs AES-NI.
    @inline(__always)
    package mutating func aesdec(_ dst: Vector, _ key: Vector) {
        form(VectorOpcode(.x66, .x0F38, 0xDE), dst.number, first: dst.number, key.number)
    }

    /// Two 32-bit signed integers in memory, as doubles.
    @inline(__always)
    package mutating func cvtdq2pd(_ dst: Vector, _ src: Address) {
        form(VectorOpcode(.xF3, .x0F, 0xE6), dst.number, src)
    }

    @inline(__always)
    package mutating func swapHalves(_ register: Vector) {
        form(VectorOpcode(.x66, .x0F, 0xC6), register.number, first: register.number, register.number)
        put(1, 1)
    }

    /// 16 bytes of any alignment.
    @inline(__always)
    package mutating func movups(_ dst: Vector, _ src: Address) {
        form(VectorOpcode(.none, .x0F, 0x10), dst.number, src)
    }

    @inline(__always)
    package mutating func movups(_ dst: Address, _ src: Vector) {
        form(VectorOpcode(.none, .x0F, 0x11), src.number, dst)
    }

    /// 16 bytes on a 16-byte boundary.
    @inline(__always)
    package mutating func movaps(_ dst: Vector, _ src: Address) {
        form(VectorOpcode(.none, .x0F, 0x28), dst.number, src)
    }

    @inline(__always)
    package mutating func movaps(_ dst: Address, _ src: Vector) {
        form(VectorOpcode(.none, .x0F, 0x29), src.number, dst)
    }

    /// Copies a general register into the low half; the high half becomes zero.
    @inline(__always)
    package mutating func movq(_ dst: Vector, _ src: Register) {
        form(VectorOpcode(.x66, .x0F, 0x6E), wide: true, dst.number, first: 0, src.number)
    }

    /// The low half of `src` becomes the high half of `dst`.
    @inline(__always)
    package mutating func punpcklqdq(_ dst: Vector, _ src: Vector) {
        form(VectorOpcode(.x66, .x0F, 0x6C), dst.number, first: dst.number, src.number)
    }

    @inline(__always)
    package mutating func ldmxcsr(_ src: Address) { memory(Opcode(escape: 0x0F, 0xAE), wide: false, reg: 2, src) }

    // MARK: Forms

    /// - Parameter first: the operand that only AVX's form has; 0 where it has none either.
    @inline(__always)
    private mutating func form(
        _ opcode: VectorOpcode, wide: Bool = false, _ reg: UInt8, first: UInt8, _ rm: UInt8
    ) {
        if usesAVX {
            head(opcode, long: false, wide: wide, reg: reg, second: first, rm: rm)
            put(UInt64(0xC0 | (reg & 7) << 3 | rm & 7), 1)
        } else {
            registers(opcode.sse, wide: wide, reg: reg, rm: rm)
        }
    }

    @inline(__always)
    private mutating func form(_ opcode: VectorOpcode, _ reg: UInt8, _ address: Address) {
        if usesAVX {
            head(opcode, long: false, reg: reg, index: address.index.number, rm: address.base.number)
            operand(reg: reg, address)
        } else {
            memory(opcode.sse, wide: false, reg: reg, address)
        }
    }
}

extension Assembler.VectorOpcode {
    /// The same instruction in SSE's form.
    fileprivate var sse: Assembler.Opcode {
        @inline(__always) get {
            let prefix: UInt8 =
                switch self.prefix {
                case .none: 0
                case .x66: 0x66
                case .xF3: 0xF3
                case .xF2: 0xF2
                }
            return Assembler.Opcode(prefix: prefix, escape: map == .x0F ? 0x0F : 0x380F, byte)
        }
    }
}
