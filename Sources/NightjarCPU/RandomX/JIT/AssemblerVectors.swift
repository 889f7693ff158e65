/// Instructions on vector registers: floating point, AES, moves.
extension Assembler {
    /// Operations on two doubles in an SSE register.
    package enum Pair: Sendable {
        case add, sub, mul, div, sqrt, and, or, xor, move

        fileprivate var opcode: Opcode {
            @inline(__always) get {
                switch self {
                case .add: Opcode(prefix: 0x66, escape: 0x0F, 0x58)
                case .sub: Opcode(prefix: 0x66, escape: 0x0F, 0x5C)
                case .mul: Opcode(prefix: 0x66, escape: 0x0F, 0x59)
                case .div: Opcode(prefix: 0x66, escape: 0x0F, 0x5E)
                case .sqrt: Opcode(prefix: 0x66, escape: 0x0F, 0x51)
                // Bitwise operations: the single-precision forms do the same and need no prefix.
                case .and: Opcode(escape: 0x0F, 0x54)
                case .or: Opcode(escape: 0x0F, 0x56)
                case .xor: Opcode(escape: 0x0F, 0x57)
                case .move: Opcode(escape: 0x0F, 0x28)
                }
            }
        }
    }

    @inline(__always)
    package mutating func pair(_ operation: Pair, _ dst: Vector, _ src: Vector) {
        registers(operation.opcode, wide: false, reg: dst.number, rm: src.number)
    }

    /// One round of AES encryption of `dst` with the round key `key`. Needs AES-NI.
    @inline(__always)
    package mutating func aesenc(_ dst: Vector, _ key: Vector) {
        registers(Opcode(prefix: 0x66, escape: 0x380F, 0xDC), wide: false, reg: dst.number, rm: key.number)
    }

    /// One round of AES decryption. Needs AES-NI.
    @inline(__always)
    package mutating func aesdec(_ dst: Vector, _ key: Vector) {
        registers(Opcode(prefix: 0x66, escape: 0x380F, 0xDE), wide: false, reg: dst.number, rm: key.number)
    }

    /// Two 32-bit signed integers in memory, as doubles.
    @inline(__always)
    package mutating func cvtdq2pd(_ dst: Vector, _ src: Address) {
        memory(Opcode(prefix: 0xF3, escape: 0x0F, 0xE6), wide: false, reg: dst.number, src)
    }

    @inline(__always)
    package mutating func swapHalves(_ register: Vector) {
        registers(Opcode(prefix: 0x66, escape: 0x0F, 0xC6), wide: false, reg: register.number, rm: register.number)
        put(1, 1)
    }

    /// 16 bytes of any alignment.
    @inline(__always)
    package mutating func movups(_ dst: Vector, _ src: Address) {
        memory(Opcode(escape: 0x0F, 0x10), wide: false, reg: dst.number, src)
    }

    @inline(__always)
    package mutating func movups(_ dst: Address, _ src: Vector) {
        memory(Opcode(escape: 0x0F, 0x11), wide: false, reg: src.number, dst)
    }

    /// 16 bytes on a 16-byte boundary.
    @inline(__always)
    package mutating func movaps(_ dst: Vector, _ src: Address) {
        memory(Opcode(escape: 0x0F, 0x28), wide: false, reg: dst.number, src)
    }

    @inline(__always)
    package mutating func movaps(_ dst: Address, _ src: Vector) {
        memory(Opcode(escape: 0x0F, 0x29), wide: false, reg: src.number, dst)
    }

    /// Copies a general register into the low half; the high half becomes zero.
    @inline(__always)
    package mutating func movq(_ dst: Vector, _ src: Register) {
        registers(Opcode(prefix: 0x66, escape: 0x0F, 0x6E), wide: true, reg: dst.number, rm: src.number)
    }

    /// The low half of `src` becomes the high half of `dst`.
    @inline(__always)
    package mutating func punpcklqdq(_ dst: Vector, _ src: Vector) {
        registers(Opcode(prefix: 0x66, escape: 0x0F, 0x6C), wide: false, reg: dst.number, rm: src.number)
    }

    @inline(__always)
    package mutating func ldmxcsr(_ src: Address) { memory(Opcode(escape: 0x0F, 0xAE), wide: false, reg: 2, src) }
}
