/// Instructions on 256-bit vectors of four 64-bit elements, and other instructions with a VEX prefix. Instructions on
/// vectors need AVX2; those on general registers need BMI2. A ``Vector`` means the whole ymm register here.
extension Assembler {
    /// An opcode with a VEX prefix: its mandatory prefix, its map and its byte.
    struct VectorOpcode: Sendable {
        enum Prefix: UInt8 { case none, x66, xF3, xF2 }
        enum Map: UInt8 { case x0F = 1, x0F38, x0F3A }

        let prefix: Prefix
        let map: Map
        let byte: UInt8

        @inline(__always)
        init(_ prefix: Prefix, _ map: Map, _ byte: UInt8) {
            self.prefix = prefix
            self.map = map
            self.byte = byte
        }
    }

    /// Operations of two vectors that give a third.
    package enum VectorOperation: Sendable {
        /// On 64-bit elements.
        case add, sub, and, or, xor
        /// The 64-bit products of the elements' low halves.
        case multiplyLowHalves
        /// The low halves of the products of 32-bit elements.
        case multiply32
        /// Bytes of the first operand, chosen by the numbers in the second, within each half of the vector.
        case shuffleBytes
        /// The low (high) word of each half of both operands, one after the other.
        case unpackLow, unpackHigh

        fileprivate var opcode: VectorOpcode {
            @inline(__always) get {
                switch self {
                case .add: VectorOpcode(.x66, .x0F, 0xD4)
                case .sub: VectorOpcode(.x66, .x0F, 0xFB)
                case .and: VectorOpcode(.x66, .x0F, 0xDB)
                case .or: VectorOpcode(.x66, .x0F, 0xEB)
                case .xor: VectorOpcode(.x66, .x0F, 0xEF)
                case .multiplyLowHalves: VectorOpcode(.x66, .x0F, 0xF4)
                case .multiply32: VectorOpcode(.x66, .x0F38, 0x40)
                case .shuffleBytes: VectorOpcode(.x66, .x0F38, 0x00)
                case .unpackLow: VectorOpcode(.x66, .x0F, 0x6C)
                case .unpackHigh: VectorOpcode(.x66, .x0F, 0x6D)
                }
            }
        }
    }

    // MARK: Pieces

    /// Writes prefix and opcode. `second` is the operand that only VEX has. The short form of VEX cannot encode every
    /// instruction.
    @inline(__always)
    mutating func head(
        _ opcode: VectorOpcode, long: Bool, wide: Bool = false, reg: UInt8, second: UInt8 = 0, index: UInt8 = 0,
        rm: UInt8
    ) {
        // R, X, B and the second operand are inverted in the prefix.
        let last = ~second << 3 & 0x78 | (long ? 4 : 0) | opcode.prefix.rawValue
        let r = ~reg << 4 & 0x80
        if opcode.map == .x0F && !wide && (index | rm) < 8 {
            put(0xC5 | UInt64(r | last) << 8 | UInt64(opcode.byte) << 16, 3)
        } else {
            let middle = r | ~index << 3 & 0x40 | ~rm << 2 & 0x20 | opcode.map.rawValue
            put(0xC4 | UInt64(middle) << 8 | UInt64((wide ? 0x80 : 0) | last) << 16 | UInt64(opcode.byte) << 24, 4)
        }
    }

    @inline(__always)
    private mutating func vectors(_ opcode: VectorOpcode, reg: UInt8, second: UInt8 = 0, rm: UInt8) {
        head(opcode, long: true, reg: reg, second: second, rm: rm)
        put(UInt64(0xC0 | (reg & 7) << 3 | rm & 7), 1)
    }

    @inline(__always)
    private mutating func vectorMemory(
        _ opcode: VectorOpcode, long: Bool = true, reg: UInt8, second: UInt8 = 0, _ address: Address
    ) {
        // "No index" is number 4, which sets no bit of the prefix.
        head(
            opcode, long: long, reg: reg, second: second, index: address.index.number, rm: address.base.number)
        operand(reg: reg, address)
    }

    /// Copies code that was written elsewhere and does not depend on its address: at most 15 bytes. The byte after them
    /// must be readable.
    @inline(__always)
    package mutating func copy(_ code: UnsafeRawPointer, _ count: Int) {
        put(UInt64(littleEndian: code.loadUnaligned(as: UInt64.self)), min(count, 8))
        if count > 8 { put(UInt64(littleEndian: (code + 8).loadUnaligned(as: UInt64.self)), count - 8) }
    }

    // MARK: Arithmetic

    @inline(__always)
    package mutating func vector(_ operation: VectorOperation, _ dst: Vector, _ a: Vector, _ b: Vector) {
        vectors(operation.opcode, reg: dst.number, second: a.number, rm: b.number)
    }

    /// 32 bytes of any alignment.
    @inline(__always)
    package mutating func vector(_ operation: VectorOperation, _ dst: Vector, _ a: Vector, _ b: Address) {
        vectorMemory(operation.opcode, reg: dst.number, second: a.number, b)
    }

    /// Shifts 64-bit elements left by 0 to 63.
    @inline(__always)
    package mutating func vectorShiftLeft(_ dst: Vector, _ src: Vector, _ count: UInt8) {
        vectors(VectorOpcode(.x66, .x0F, 0x73), reg: 6, second: dst.number, rm: src.number)
        put(UInt64(count), 1)
    }

    /// Shifts 64-bit elements right by 0 to 63.
    @inline(__always)
    package mutating func vectorShiftRight(_ dst: Vector, _ src: Vector, _ count: UInt8) {
        vectors(VectorOpcode(.x66, .x0F, 0x73), reg: 2, second: dst.number, rm: src.number)
        put(UInt64(count), 1)
    }

    /// Exchanges the 32-bit halves of each element.
    @inline(__always)
    package mutating func vectorSwapHalves(_ dst: Vector, _ src: Vector) {
        vectors(VectorOpcode(.x66, .x0F, 0x70), reg: dst.number, rm: src.number)
        put(0xB1, 1)
    }

    /// Elements of `b` where `sign` is negative, of `a` elsewhere.
    @inline(__always)
    package mutating func vectorSelect(_ dst: Vector, _ a: Vector, _ b: Vector, sign: Vector) {
        vectors(VectorOpcode(.x66, .x0F3A, 0x4B), reg: dst.number, second: a.number, rm: b.number)
        put(UInt64(sign.number << 4), 1)
    }

    // MARK: Moves

    /// 32 bytes on a 32-byte boundary.
    @inline(__always)
    package mutating func vectorLoad(_ dst: Vector, _ src: Address) {
        vectorMemory(VectorOpcode(.x66, .x0F, 0x6F), reg: dst.number, src)
    }

    /// 32 bytes on a 32-byte boundary.
    @inline(__always)
    package mutating func vectorStore(_ dst: Address, _ src: Vector) {
        vectorMemory(VectorOpcode(.x66, .x0F, 0x7F), reg: src.number, dst)
    }

    /// 32 bytes on a 32-byte boundary; the store bypasses the caches.
    @inline(__always)
    package mutating func vectorStoreRound(_ dst: Address, _ src: Vector) {
        vectorMemory(VectorOpcode(.x66, .x0F, 0xE7), reg: src.number, dst)
    }

    /// 16 bytes of any alignment into the low half; the high half becomes zero.
    @inline(__always)
    package mutating func vectorLoadHalf(_ dst: Vector, _ src: Address) {
        vectorMemory(VectorOpcode(.xF3, .x0F, 0x6F), long: false, reg: dst.number, src)
    }

    /// `a` with 16 bytes of any alignment as its high half.
    @inline(__always)
    package mutating func vectorInsertHigh(_ dst: Vector, _ a: Vector, _ src: Address) {
        vectorMemory(VectorOpcode(.x66, .x0F3A, 0x38), reg: dst.number, second: a.number, src)
        put(1, 1)
    }

    /// The low halves (or the high ones) of both operands, one after the other.
    @inline(__always)
    package mutating func vectorHalves(high: Bool, _ dst: Vector, _ a: Vector, _ b: Vector) {
        vectors(VectorOpcode(.x66, .x0F3A, 0x46), reg: dst.number, second: a.number, rm: b.number)
        put(high ? 0x31 : 0x20, 1)
    }

    /// Copies eight bytes into all elements.
    @inline(__always)
    package mutating func vectorBroadcast(_ dst: Vector, _ src: Address) {
        vectorMemory(VectorOpcode(.x66, .x0F38, 0x59), reg: dst.number, src)
    }

    /// Clears the high halves of all vector registers; otherwise later SSE code may be slow.
    @inline(__always)
    package mutating func vzeroupper() { put(0x77F8C5, 3) }

    // MARK: General registers

    /// The address of an offset of this code, which may be before its start.
    @inline(__always)
    package mutating func lea(_ dst: Register, offset: Int) {
        put(0x48 | UInt64(dst.number >> 3) << 2 | 0x8D << 8 | UInt64(5 | (dst.number & 7) << 3) << 16, 3)
        put(UInt64(UInt32(bitPattern: Int32(truncatingIfNeeded: offset - count - 4))), 4)
    }

    /// high:low = rdx × src, of unsigned numbers. Leaves the flags alone.
    @inline(__always)
    package mutating func mulx(high: Register, low: Register, _ src: Register) {
        head(
            VectorOpcode(.xF2, .x0F38, 0xF6), long: false, wide: true, reg: high.number, second: low.number,
            rm: src.number)
        put(UInt64(0xC0 | (high.number & 7) << 3 | src.number & 7), 1)
    }

    /// high:low = rdx × the word in memory, of unsigned numbers. Leaves the flags alone.
    @inline(__always)
    package mutating func mulx(high: Register, low: Register, _ src: Address) {
        head(
            VectorOpcode(.xF2, .x0F38, 0xF6), long: false, wide: true, reg: high.number, second: low.number,
            index: src.index.number, rm: src.base.number)
        operand(reg: high.number, src)
    }

    /// dst = src rotated right by 0 to 63. Leaves the flags alone.
    @inline(__always)
    package mutating func rorx(_ dst: Register, _ src: Register, _ count: UInt8) {
        head(VectorOpcode(.xF2, .x0F3A, 0xF0), long: false, wide: true, reg: dst.number, rm: src.number)
        put(UInt64(0xC0 | (dst.number & 7) << 3 | src.number & 7) | UInt64(count) << 8, 2)
    }
}
