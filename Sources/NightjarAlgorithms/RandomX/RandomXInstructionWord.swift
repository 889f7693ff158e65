/// An 8-byte instruction word of the virtual machine (`doc/specs.md` 5.1).
package struct RandomXInstructionWord: Sendable {
    package let word: UInt64

    package init(_ word: UInt64) { self.word = word }

    package var opcode: Int { Int(truncatingIfNeeded: word & 0xFF) }
    package var dst: Int { Int(truncatingIfNeeded: word >> 8 & 0xFF) }
    package var src: Int { Int(truncatingIfNeeded: word >> 16 & 0xFF) }
    /// `mod.mem`: chooses the first or second level of the scratchpad.
    package var memory: UInt8 { UInt8(truncatingIfNeeded: word >> 24 & 3) }
    /// `mod.shift`.
    package var shift: UInt8 { UInt8(truncatingIfNeeded: word >> 26 & 3) }
    /// `mod.cond`.
    package var condition: Int { Int(truncatingIfNeeded: word >> 28 & 15) }
    package var imm32: UInt32 { UInt32(truncatingIfNeeded: word >> 32) }
    /// `imm32`, sign-extended.
    package var immediate: UInt64 { UInt64(bitPattern: Int64(Int32(bitPattern: imm32))) }
}
