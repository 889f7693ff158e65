/// A 512-bit vector register, by its number.
package struct WideVector: Sendable, Equatable {
    package let number: UInt8

    /// - Parameter number: 0 to 31. The first 16 have the registers of ``Vector`` as their low parts.
    @inline(__always)
    package init(_ number: UInt8) { self.number = number }
}

/// Instructions on 512-bit vectors of eight 64-bit elements. They need AVX-512F, those that say so AVX-512DQ.
extension Assembler {
    /// An opcode with an EVEX prefix: its mandatory prefix, its map and its byte. All work on 64-bit elements.
    fileprivate struct WideOpcode {
        enum Prefix: UInt8 { case x66 = 1, xF3 }
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
    package enum WideOperation: Sendable {
        case add, sub, and, xor
        /// The low halves of the products. AVX-512DQ.
        case multiply
        /// The 64-bit products of the elements' low halves.
        case multiplyLowHalves
        /// The low (high) word of each 128 bits of both operands, one after the other.
        case unpackLow, unpackHigh

        fileprivate var opcode: WideOpcode {
            @inline(__always) get {
                switch self {
                case .add: WideOpcode(.x66, .x0F, 0xD4)
                case .sub: WideOpcode(.x66, .x0F, 0xFB)
                case .and: WideOpcode(.x66, .x0F, 0xDB)
                case .xor: WideOpcode(.x66, .x0F, 0xEF)
                case .multiply: WideOpcode(.x66, .x0F38, 0x40)
                case .multiplyLowHalves: WideOpcode(.x66, .x0F, 0xF4)
                case .unpackLow: WideOpcode(.x66, .x0F, 0x6C)
                case .unpackHigh: WideOpcode(.x66, .x0F, 0x6D)
                }
            }
        }
    }

    // MARK: Pieces

    /// Writes prefix and opcode. `b` and `x` are the two high bits of the operand in memory or of the last register.
    @inline(__always)
    private mutating func head(
        _ opcode: WideOpcode, reg: UInt8, second: UInt8, x: UInt8, b: UInt8, broadcasts: Bool = false, mask: UInt8 = 0,
        length: UInt8 = 0x40
    ) {
        // All bits of register numbers are inverted in the prefix.
        let r = ~reg << 4 & 0x80 | ~reg & 0x10
        let first = r | ~x << 6 & 0x40 | ~b << 5 & 0x20 | opcode.map.rawValue
        let middle = 0x80 | ~second << 3 & 0x78 | 4 | opcode.prefix.rawValue
        let last = length | (broadcasts ? 0x10 : 0) | ~second >> 1 & 0x08 | mask
        put(0x62 | UInt64(first) << 8 | UInt64(middle) << 16 | UInt64(last) << 24 | UInt64(opcode.byte) << 32, 5)
    }

    @inline(__always)
    private mutating func wide(
        _ opcode: WideOpcode, reg: UInt8, second: UInt8 = 0, rm: UInt8, mask: UInt8 = 0
    ) {
        head(opcode, reg: reg, second: second, x: rm >> 4, b: rm >> 3 & 1, mask: mask)
        put(UInt64(0xC0 | (reg & 7) << 3 | rm & 7), 1)
    }

    /// - Parameter broadcasts: whether eight bytes serve for all elements.
    @inline(__always)
    private mutating func wideMemory(
        _ opcode: WideOpcode, reg: UInt8, second: UInt8 = 0, _ address: Address, broadcasts: Bool = false,
        unit: Int32 = 64
    ) {
        // "No index" is number 4, which sets no bit of the prefix.
        head(
            opcode, reg: reg, second: second, x: address.index.number >> 3, b: address.base.number >> 3,
            broadcasts: broadcasts)
        operand(reg: reg, address, unit: unit)
    }

    // MARK: Arithmetic

    /// The arithmetic of ``pair(_:_:_:)`` on all eight doubles, with a rounding mode of its own instead of MXCSR's.
    ///
    /// - Parameter mode: 0 to 3, numbered as in MXCSR.
    @inline(__always)
    package mutating func rounded(_ operation: Pair, _ dst: Vector, _ src: Vector, mode: UInt8) {
        let opcode = WideOpcode(.x66, .x0F, operation.opcode.byte)
        head(
            opcode, reg: dst.number, second: operation.hasFirst ? dst.number : 0, x: 0, b: src.number >> 3,
            broadcasts: true, length: mode << 5)
        put(UInt64(0xC0 | (dst.number & 7) << 3 | src.number & 7), 1)
    }

    /// Changes the rounding mode of an instruction of ``rounded(_:_:_:mode:)`` with mode 0.
    ///
    /// - Parameter offset: the instruction's.
    @inline(__always)
    package mutating func setRounding(_ mode: UInt8, at offset: Int) { set(mode << 5, at: offset + 3) }

    @inline(__always)
    package mutating func wide(_ operation: WideOperation, _ dst: WideVector, _ a: WideVector, _ b: WideVector) {
        wide(operation.opcode, reg: dst.number, second: a.number, rm: b.number)
    }

    /// 64 bytes of any alignment.
    @inline(__always)
    package mutating func wide(_ operation: WideOperation, _ dst: WideVector, _ a: WideVector, _ b: Address) {
        wideMemory(operation.opcode, reg: dst.number, second: a.number, b)
    }

    /// - Parameter word: eight bytes in memory, the second operand of all elements.
    @inline(__always)
    package mutating func wide(_ operation: WideOperation, _ dst: WideVector, _ a: WideVector, word: Address) {
        wideMemory(operation.opcode, reg: dst.number, second: a.number, word, broadcasts: true, unit: 8)
    }

    /// Changes only the elements whose bit is set in `mask`, a mask register from 1 to 7.
    @inline(__always)
    package mutating func wide(
        _ operation: WideOperation, _ dst: WideVector, _ a: WideVector, _ b: WideVector, mask: UInt8
    ) {
        wide(operation.opcode, reg: dst.number, second: a.number, rm: b.number, mask: mask)
    }

    /// Shifts left by 0 to 63.
    @inline(__always)
    package mutating func wideShiftLeft(_ dst: WideVector, _ src: WideVector, _ count: UInt8) {
        wide(WideOpcode(.x66, .x0F, 0x73), reg: 6, second: dst.number, rm: src.number)
        put(UInt64(count), 1)
    }

    /// Shifts right by 0 to 63.
    @inline(__always)
    package mutating func wideShiftRight(_ dst: WideVector, _ src: WideVector, _ count: UInt8) {
        wide(WideOpcode(.x66, .x0F, 0x73), reg: 2, second: dst.number, rm: src.number)
        put(UInt64(count), 1)
    }

    /// Rotates right by 0 to 63.
    @inline(__always)
    package mutating func wideRotateRight(_ dst: WideVector, _ src: WideVector, _ count: UInt8) {
        wide(WideOpcode(.x66, .x0F, 0x72), reg: 0, second: dst.number, rm: src.number)
        put(UInt64(count), 1)
    }

    /// The signs of all elements, as the bits of a mask register. AVX-512DQ.
    @inline(__always)
    package mutating func wideSigns(mask: UInt8, _ src: WideVector) {
        wide(WideOpcode(.xF3, .x0F38, 0x39), reg: mask, rm: src.number)
    }

    /// Two of the four 128-bit parts of `a`, then two of those of `b`: the even ones, or the odd ones.
    @inline(__always)
    package mutating func wideParts(odd: Bool, _ dst: WideVector, _ a: WideVector, _ b: WideVector) {
        wide(WideOpcode(.x66, .x0F3A, 0x43), reg: dst.number, second: a.number, rm: b.number)
        put(odd ? 0xDD : 0x88, 1)
    }

    // MARK: Moves

    /// Copies a general register into all elements.
    @inline(__always)
    package mutating func wideBroadcast(_ dst: WideVector, _ src: Register) {
        wide(WideOpcode(.x66, .x0F38, 0x7C), reg: dst.number, rm: src.number)
    }

    /// 64 bytes of any alignment.
    @inline(__always)
    package mutating func wideLoad(_ dst: WideVector, _ src: Address) {
        wideMemory(WideOpcode(.xF3, .x0F, 0x6F), reg: dst.number, src)
    }

    /// 64 bytes of any alignment.
    @inline(__always)
    package mutating func wideStore(_ dst: Address, _ src: WideVector) {
        wideMemory(WideOpcode(.xF3, .x0F, 0x7F), reg: src.number, dst)
    }

    /// 64 bytes on a 64-byte boundary; the store bypasses the caches.
    @inline(__always)
    package mutating func wideStoreRound(_ dst: Address, _ src: WideVector) {
        wideMemory(WideOpcode(.x66, .x0F, 0x2B), reg: src.number, dst)
    }
}
