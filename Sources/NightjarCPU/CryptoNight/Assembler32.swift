/// The 32-bit instructions for CryptoNight-R's programs. The high half of a written register becomes zero.
extension Assembler {
    @inline(__always)
    package mutating func arithmetic32(_ operation: Arithmetic, _ dst: Register, _ src: Address) {
        memory(Opcode(operation.opcode), wide: false, reg: dst.number, src)
    }

    @inline(__always)
    package mutating func imul32(_ dst: Register, _ src: Register) {
        registers(Opcode(escape: 0x0F, 0xAF), wide: false, reg: dst.number, rm: src.number)
    }

    @inline(__always)
    package mutating func imul32(_ dst: Register, _ src: Address) {
        memory(Opcode(escape: 0x0F, 0xAF), wide: false, reg: dst.number, src)
    }

    /// Rotates right by `cl` modulo 32.
    @inline(__always)
    package mutating func ror32ByCL(_ register: Register) {
        registers(Opcode(0xD3), wide: false, reg: 1, rm: register.number)
    }

    /// Rotates left by `cl` modulo 32.
    @inline(__always)
    package mutating func rol32ByCL(_ register: Register) {
        registers(Opcode(0xD3), wide: false, reg: 0, rm: register.number)
    }
}
