/// Writes x86-64 machine code, one method for each instruction that the emitters use. It uses SSE2, so that it runs on
/// every x86-64 processor; methods that need more say so.
///
/// The caller knows the largest size of its code and provides that room, plus ``slack`` bytes, because pieces are
/// stored eight bytes at a time. At the end the caller compares ``count`` with that size.
package struct Assembler: ~Copyable {
    /// The bytes after the code that may be overwritten.
    package static let slack = 16

    /// An operation's opcode: a mandatory prefix or 0, the escape (0F, or 0F 38 as it lies in memory) or 0, and the
    /// opcode byte.
    struct Opcode: Sendable {
        let prefix: UInt8
        let escape: UInt16
        let byte: UInt8

        @inline(__always)
        init(prefix: UInt8 = 0, escape: UInt16 = 0, _ byte: UInt8) {
            self.prefix = prefix
            self.escape = escape
            self.byte = byte
        }
    }

    let start: UnsafeMutableRawPointer
    var cursor: UnsafeMutableRawPointer
    /// Whether instructions on pairs of doubles have AVX's form.
    let usesAVX: Bool

    /// - Parameters:
    ///   - start: where the code goes; see above for the room that it needs.
    ///   - usesAVX: whether instructions on pairs of doubles have AVX's form rather than SSE's.
    package init(_ start: UnsafeMutableRawPointer, usesAVX: Bool = false) {
        self.start = start
        self.usesAVX = usesAVX
        cursor = start
    }

    /// The bytes written so far, which is also the offset of the next instruction.
    package var count: Int { @inline(__always) get { cursor - start } }

    // MARK: Pieces

    /// Writes the low `count` bytes of `bytes`, at most 8.
    @inline(__always)
    mutating func put(_ bytes: UInt64, _ count: Int) {
        cursor.storeBytes(of: bytes.littleEndian, as: UInt64.self)
        cursor += count
    }

    @inline(__always)
    private mutating func put8(_ byte: Int8) { put(UInt64(UInt8(bitPattern: byte)), 1) }

    @inline(__always)
    mutating func put32(_ word: Int32) { put(UInt64(UInt32(bitPattern: word)), 4) }

    /// Writes prefix, REX and opcode. REX is left out when it has no bit set.
    @inline(__always)
    mutating func head(_ opcode: Opcode, wide: Bool, reg: UInt8, index: UInt8 = 0, rm: UInt8) {
        let extensions = UInt64((wide ? 8 : 0) | (reg >> 3) << 2 | (index >> 3) << 1 | rm >> 3)
        if opcode.prefix != 0 { put(UInt64(opcode.prefix), 1) }
        if extensions != 0 { put(0x40 | extensions, 1) }
        if opcode.escape != 0 { put(UInt64(opcode.escape), opcode.escape > 0xFF ? 2 : 1) }
        put(UInt64(opcode.byte), 1)
    }

    @inline(__always)
    mutating func registers(_ opcode: Opcode, wide: Bool, reg: UInt8, rm: UInt8) {
        head(opcode, wide: wide, reg: reg, rm: rm)
        put(UInt64(0xC0 | (reg & 7) << 3 | rm & 7), 1)
    }

    @inline(__always)
    mutating func memory(_ opcode: Opcode, wide: Bool, reg: UInt8, _ address: Address) {
        head(opcode, wide: wide, reg: reg, index: address.index.number, rm: address.base.number)
        operand(reg: reg, address)
    }

    /// Writes a memory operand, which follows the opcode: ModRM, SIB and displacement. A displacement of one byte counts
    /// units, which are bytes unless the prefix is EVEX.
    @inline(__always)
    mutating func operand(reg: UInt8, _ address: Address, unit: Int32 = 1) {
        let base = address.base.number, index = address.index.number
        let displacement = address.displacement, units = displacement / unit
        // Base 101 (rbp, r13) without a displacement has another meaning.
        let short = displacement == Int32(Int8(truncatingIfNeeded: units)) * unit
        let mode: UInt8 = displacement == 0 && base & 7 != 5 ? 0 : short ? 0x40 : 0x80
        // Base 100 (rsp, r12) needs a SIB byte.
        if index != Register.rsp.number || base & 7 == 4 {
            let sib = address.scale << 6 | (index & 7) << 3 | base & 7
            put(UInt64(mode | (reg & 7) << 3 | 4) | UInt64(sib) << 8, 2)
        } else {
            put(UInt64(mode | (reg & 7) << 3 | base & 7), 1)
        }
        if mode == 0x40 { put8(Int8(truncatingIfNeeded: units)) }
        if mode == 0x80 { put32(displacement) }
    }

    // MARK: Moves and addresses

    @inline(__always)
    package mutating func mov(_ dst: Register, _ src: Register) {
        registers(Opcode(0x8B), wide: true, reg: dst.number, rm: src.number)
    }

    /// The low halves; the high half of `dst` becomes zero.
    @inline(__always)
    package mutating func mov32(_ dst: Register, _ src: Register) {
        registers(Opcode(0x8B), wide: false, reg: dst.number, rm: src.number)
    }

    @inline(__always)
    package mutating func mov(_ dst: Register, _ src: Address) {
        memory(Opcode(0x8B), wide: true, reg: dst.number, src)
    }

    /// 32 bits; the high half of `dst` becomes zero.
    @inline(__always)
    package mutating func mov32(_ dst: Register, _ src: Address) {
        memory(Opcode(0x8B), wide: false, reg: dst.number, src)
    }

    /// The low half.
    @inline(__always)
    package mutating func mov32(_ dst: Address, _ src: Register) {
        memory(Opcode(0x89), wide: false, reg: src.number, dst)
    }

    @inline(__always)
    package mutating func mov(_ dst: Address, _ src: Register) {
        memory(Opcode(0x89), wide: true, reg: src.number, dst)
    }

    /// A store that bypasses the caches.
    @inline(__always)
    package mutating func movnti(_ dst: Address, _ src: Register) {
        memory(Opcode(escape: 0x0F, 0xC3), wide: true, reg: src.number, dst)
    }

    /// A constant, in the shortest of its forms.
    @inline(__always)
    package mutating func mov(_ dst: Register, _ constant: UInt64) {
        let rm = dst.number
        if constant <= UInt64(UInt32.max) {
            head(Opcode(0xB8 | rm & 7), wide: false, reg: 0, rm: rm)
            put(constant, 4)
        } else if let word = Int32(exactly: Int64(bitPattern: constant)) {
            registers(Opcode(0xC7), wide: true, reg: 0, rm: rm)
            put32(word)
        } else {
            head(Opcode(0xB8 | rm & 7), wide: true, reg: 0, rm: rm)
            put(constant, 8)
        }
    }

    @inline(__always)
    package mutating func mov32(_ dst: Address, _ constant: UInt32) {
        memory(Opcode(0xC7), wide: false, reg: 0, dst)
        put(UInt64(constant), 4)
    }

    @inline(__always)
    package mutating func lea(_ dst: Register, _ address: Address) {
        memory(Opcode(0x8D), wide: true, reg: dst.number, address)
    }

    /// The address's low 32 bits.
    @inline(__always)
    package mutating func lea32(_ dst: Register, _ address: Address) {
        memory(Opcode(0x8D), wide: false, reg: dst.number, address)
    }

    @inline(__always)
    package mutating func xchg(_ a: Register, _ b: Register) {
        registers(Opcode(0x87), wide: true, reg: b.number, rm: a.number)
    }

    // MARK: Integer arithmetic

    /// The two-operand instructions, by the opcode of their register form and the digit of their constant form.
    package enum Arithmetic: UInt8, Sendable {
        case add = 0, and = 4, sub = 5, xor = 6, cmp = 7

        var opcode: UInt8 { @inline(__always) get { rawValue << 3 | 3 } }
    }

    @inline(__always)
    package mutating func arithmetic(_ operation: Arithmetic, _ dst: Register, _ src: Register) {
        registers(Opcode(operation.opcode), wide: true, reg: dst.number, rm: src.number)
    }

    /// On the low halves; the high half of `dst` becomes zero.
    @inline(__always)
    package mutating func arithmetic32(_ operation: Arithmetic, _ dst: Register, _ src: Register) {
        registers(Opcode(operation.opcode), wide: false, reg: dst.number, rm: src.number)
    }

    @inline(__always)
    package mutating func arithmetic(_ operation: Arithmetic, _ dst: Register, _ src: Address) {
        memory(Opcode(operation.opcode), wide: true, reg: dst.number, src)
    }

    @inline(__always)
    package mutating func arithmetic(_ operation: Arithmetic, _ dst: Register, _ constant: Int32) {
        arithmetic(operation, dst, constant, wide: true)
    }

    /// On the low half; the high half of `dst` becomes zero.
    @inline(__always)
    package mutating func arithmetic32(_ operation: Arithmetic, _ dst: Register, _ constant: Int32) {
        arithmetic(operation, dst, constant, wide: false)
    }

    @inline(__always)
    private mutating func arithmetic(_ operation: Arithmetic, _ dst: Register, _ constant: Int32, wide: Bool) {
        let digit = operation.rawValue
        if constant == Int32(Int8(truncatingIfNeeded: constant)) {
            registers(Opcode(0x83), wide: wide, reg: digit, rm: dst.number)
            put8(Int8(truncatingIfNeeded: constant))
        } else if dst == .rax {
            head(Opcode(digit << 3 | 5), wide: wide, reg: 0, rm: 0)
            put32(constant)
        } else {
            registers(Opcode(0x81), wide: wide, reg: digit, rm: dst.number)
            put32(constant)
        }
    }

    /// Subtracts a small constant from a 32-bit word in memory.
    @inline(__always)
    package mutating func sub32(_ dst: Address, _ constant: Int8) {
        memory(Opcode(0x83), wide: false, reg: Arithmetic.sub.rawValue, dst)
        put8(constant)
    }

    /// Compares a 32-bit word in memory with a small constant.
    @inline(__always)
    package mutating func cmp32(_ word: Address, _ constant: Int8) {
        memory(Opcode(0x83), wide: false, reg: Arithmetic.cmp.rawValue, word)
        put8(constant)
    }

    @inline(__always)
    package mutating func test32(_ register: Register, _ mask: UInt32) {
        registers(Opcode(0xF7), wide: false, reg: 0, rm: register.number)
        put(UInt64(mask), 4)
    }

    @inline(__always)
    package mutating func neg(_ register: Register) {
        registers(Opcode(0xF7), wide: true, reg: 3, rm: register.number)
    }

    @inline(__always)
    package mutating func imul(_ dst: Register, _ src: Register) {
        registers(Opcode(escape: 0x0F, 0xAF), wide: true, reg: dst.number, rm: src.number)
    }

    @inline(__always)
    package mutating func imul(_ dst: Register, _ src: Address) {
        memory(Opcode(escape: 0x0F, 0xAF), wide: true, reg: dst.number, src)
    }

    @inline(__always)
    package mutating func imul(_ dst: Register, _ src: Register, _ constant: Int32) {
        if constant == Int32(Int8(truncatingIfNeeded: constant)) {
            registers(Opcode(0x6B), wide: true, reg: dst.number, rm: src.number)
            put8(Int8(truncatingIfNeeded: constant))
        } else {
            registers(Opcode(0x69), wide: true, reg: dst.number, rm: src.number)
            put32(constant)
        }
    }

    /// rdx:rax = rax × src, of signed or unsigned numbers.
    @inline(__always)
    package mutating func multiplyWide(signed: Bool, _ src: Register) {
        registers(Opcode(0xF7), wide: true, reg: signed ? 5 : 4, rm: src.number)
    }

    @inline(__always)
    package mutating func multiplyWide(signed: Bool, _ src: Address) {
        memory(Opcode(0xF7), wide: true, reg: signed ? 5 : 4, src)
    }

    /// Rotates right by 1 to 63, or shifts.
    @inline(__always)
    package mutating func ror(_ register: Register, _ count: UInt8) { shift(1, register, count) }

    @inline(__always)
    package mutating func shl(_ register: Register, _ count: UInt8) { shift(4, register, count) }

    @inline(__always)
    package mutating func shr(_ register: Register, _ count: UInt8) { shift(5, register, count) }

    @inline(__always)
    private mutating func shift(_ digit: UInt8, _ register: Register, _ count: UInt8) {
        registers(Opcode(0xC1), wide: true, reg: digit, rm: register.number)
        put(UInt64(count), 1)
    }

    /// Rotates right by `cl`.
    @inline(__always)
    package mutating func rorByCL(_ register: Register) {
        registers(Opcode(0xD3), wide: true, reg: 1, rm: register.number)
    }

    /// Rotates left by `cl`.
    @inline(__always)
    package mutating func rolByCL(_ register: Register) {
        registers(Opcode(0xD3), wide: true, reg: 0, rm: register.number)
    }
}
