/// Memory hints, jumps, calls and copies of code.
extension Assembler {
    @inline(__always)
    package mutating func prefetchnta(_ address: Address) {
        memory(Opcode(escape: 0x0F, 0x18), wide: false, reg: 0, address)
    }

    @inline(__always)
    package mutating func prefetcht0(_ address: Address) {
        memory(Opcode(escape: 0x0F, 0x18), wide: false, reg: 1, address)
    }

    @inline(__always)
    package mutating func push(_ register: Register) {
        head(Opcode(0x50 | register.number & 7), wide: false, reg: 0, rm: register.number)
    }

    @inline(__always)
    package mutating func pop(_ register: Register) {
        head(Opcode(0x58 | register.number & 7), wide: false, reg: 0, rm: register.number)
    }

    @inline(__always)
    package mutating func ret() { put(0xC3, 1) }

    @inline(__always)
    package mutating func call(_ target: Address) { memory(Opcode(0xFF), wide: false, reg: 2, target) }

    /// Calls code at an offset of this code.
    @inline(__always)
    package mutating func call(_ offset: Int) {
        put(0xE8, 1)
        put32(Int32(truncatingIfNeeded: offset - count - 4))
    }

    /// The condition of a conditional jump, after a comparison.
    package enum Condition: UInt8, Sendable {
        case zero = 4, notZero = 5
    }

    /// Jumps to an offset of this code that is not after this instruction.
    @inline(__always)
    package mutating func jumpBack(_ condition: Condition, to offset: Int) {
        let distance = offset - count
        if distance - 2 >= -128 {
            put(UInt64(0x70 | condition.rawValue) | UInt64(UInt8(truncatingIfNeeded: distance - 2)) << 8, 2)
        } else {
            put(0x0F | UInt64(0x80 | condition.rawValue) << 8, 2)
            put32(Int32(truncatingIfNeeded: distance - 6))
        }
    }

    /// Jumps ahead by at most 127 bytes. ``land(_:)`` sets the target.
    @inline(__always)
    package mutating func jumpAhead(_ condition: Condition) -> Int {
        put(UInt64(0x70 | condition.rawValue), 2)
        return count
    }

    /// Makes the jump that returned `jump` go to the next instruction.
    @inline(__always)
    package mutating func land(_ jump: Int) {
        (start + jump - 1).storeBytes(of: UInt8(truncatingIfNeeded: count - jump), as: UInt8.self)
    }

    /// Jumps ahead by any distance. ``landFar(_:)`` sets the target.
    @inline(__always)
    package mutating func jumpFarAhead(_ condition: Condition) -> Int {
        put(0x0F | UInt64(0x80 | condition.rawValue) << 8, 2)
        put32(0)
        return count
    }

    /// Makes the far jump that returned `jump` go to the next instruction.
    @inline(__always)
    package mutating func landFar(_ jump: Int) {
        (start + jump - 4).storeBytes(of: Int32(truncatingIfNeeded: count - jump).littleEndian, as: Int32.self)
    }

    /// Jumps ahead in any case, by any distance. ``landFar(_:)`` sets the target.
    @inline(__always)
    package mutating func jumpFarAhead() -> Int {
        jump(to: 0)
        return count
    }

    /// Jumps to an address in memory.
    @inline(__always)
    package mutating func jump(_ target: Address) { memory(Opcode(0xFF), wide: false, reg: 4, target) }

    /// Jumps to an offset of this code.
    @inline(__always)
    package mutating func jump(to offset: Int) {
        put(0xE9, 1)
        put32(Int32(truncatingIfNeeded: offset - count - 4))
    }

    /// Aligns the next instruction with 0 to `alignment - 1` bytes of instructions that do nothing. The code's start
    /// must be aligned alike.
    package mutating func align(_ alignment: Int) {
        while count & (alignment - 1) != 0 { put(0x90, 1) }
    }

    // MARK: Copies

    /// Goes on after this jump, but in the copy of the code from offset `base` on whose address is in rax.
    @inline(__always)
    package mutating func jumpIntoCopy(of base: Int) {
        put(0x0548, 2)  // add rax, the distance
        put32(Int32(truncatingIfNeeded: count + 6 - base))
        put(0xE0FF, 2)  // jmp rax
    }

    /// Writes `size` bytes of code from offset `first` once more. A relative address in them must not lead out of them.
    package mutating func duplicate(_ first: Int, _ size: Int) {
        cursor.copyMemory(from: start + first, byteCount: size)
        cursor += size
    }

    /// Sets bits of a byte that has been written.
    @inline(__always)
    package mutating func set(_ bits: UInt8, at offset: Int) {
        (start + offset).storeBytes(of: (start + offset).load(as: UInt8.self) | bits, as: UInt8.self)
    }
}
