import CHashing

/// The instructions of `doc/specs.md` 5, in the decoder's form.
extension ProgramEmitter {
    private typealias Map = RegisterMap

    /// Emits one instruction. None is longer than ``worstInstruction``.
    @inline(__always)
    func emit(_ at: UnsafePointer<nj_rx_instruction>, _ block: inout Block, _ code: inout Assembler) {
        let dst = Map.r(at.pointee.dst), src = Map.r(at.pointee.src)
        let constant = Int32(truncatingIfNeeded: at.pointee.immediate)
        switch at.pointee.opcode {
        case NJ_RX_NOP: break
        case NJ_RX_IADD_RS: code.lea(dst, Address(dst, index: src, scale: at.pointee.shift, constant))
        case NJ_RX_IADD_M: code.arithmetic(.add, dst, operand(at, .rax, &code))
        case NJ_RX_ISUB_R: code.arithmetic(.sub, dst, src)
        case NJ_RX_ISUB_C: code.arithmetic(.sub, dst, constant)
        case NJ_RX_ISUB_M: code.arithmetic(.sub, dst, operand(at, .rax, &code))
        case NJ_RX_IMUL_R: code.imul(dst, src)
        case NJ_RX_IMUL_C: multiply(dst, at.pointee.immediate, &code)
        case NJ_RX_IMUL_M: code.imul(dst, operand(at, .rax, &code))
        case NJ_RX_IMULH_R: multiplyHigh(signed: false, dst, src, &code)
        case NJ_RX_IMULH_M: multiplyHigh(signed: false, dst, operand(at, .rcx, &code), &code)
        case NJ_RX_ISMULH_R: multiplyHigh(signed: true, dst, src, &code)
        case NJ_RX_ISMULH_M: multiplyHigh(signed: true, dst, operand(at, .rcx, &code), &code)
        case NJ_RX_INEG_R: code.neg(dst)
        case NJ_RX_IXOR_R: code.arithmetic(.xor, dst, src)
        case NJ_RX_IXOR_C: code.arithmetic(.xor, dst, constant)
        case NJ_RX_IXOR_M: code.arithmetic(.xor, dst, operand(at, .rax, &code))
        case NJ_RX_IROR_R:
            code.mov32(.rcx, src)
            code.rorByCL(dst)
        case NJ_RX_IROR_C:
            let count = UInt8(truncatingIfNeeded: at.pointee.immediate & 63)
            if count != 0 { code.ror(dst, count) }
        case NJ_RX_IROL_R:
            code.mov32(.rcx, src)
            code.rolByCL(dst)
        case NJ_RX_ISWAP_R: code.xchg(dst, src)
        case NJ_RX_FSWAP_F: code.swapHalves(Map.f(at.pointee.dst))
        case NJ_RX_FSWAP_E: code.swapHalves(Map.e(at.pointee.dst))
        case NJ_RX_FADD_R: arithmetic(.add, Map.f(at.pointee.dst), Map.a(at.pointee.src), &block, &code)
        case NJ_RX_FADD_M: groupF(.add, at, &block, &code)
        case NJ_RX_FSUB_R: arithmetic(.sub, Map.f(at.pointee.dst), Map.a(at.pointee.src), &block, &code)
        case NJ_RX_FSUB_M: groupF(.sub, at, &block, &code)
        case NJ_RX_FSCAL_R: code.pair(.xor, Map.f(at.pointee.dst), Map.scale)
        case NJ_RX_FMUL_R: arithmetic(.mul, Map.e(at.pointee.dst), Map.a(at.pointee.src), &block, &code)
        case NJ_RX_FDIV_M: divide(at, &block, &code)
        case NJ_RX_FSQRT_R: arithmetic(.sqrt, Map.e(at.pointee.dst), Map.e(at.pointee.dst), &block, &code)
        case NJ_RX_CBRANCH:
            code.arithmetic(.add, dst, constant)
            code.test32(dst, at.pointee.mask)
            code.jumpBack(.zero, to: offset(at.pointee.target))
        case NJ_RX_CFROUND: round(src, at.pointee.immediate, guarded: at.pointee.mask, block, &code)
        case NJ_RX_ISTORE:
            code.lea32(.rax, Address(dst, constant))
            code.arithmetic32(.and, .rax, Int32(bitPattern: at.pointee.mask))
            code.mov(Address(Map.scratchpad, index: .rax), src)
        default: preconditionFailure("an instruction that the emitter does not know")
        }
    }

    /// The scratchpad word that an instruction reads. Its address is computed in `temporary`, unless it is fixed.
    @inline(__always)
    private func operand(
        _ at: UnsafePointer<nj_rx_instruction>, _ temporary: Register, _ code: inout Assembler
    ) -> Address {
        let constant = Int32(truncatingIfNeeded: at.pointee.immediate)
        if at.pointee.src == UInt8(NJ_RX_ZERO_REGISTER) {
            return Address(Map.scratchpad, constant & Int32(bitPattern: at.pointee.mask))
        }
        code.lea32(temporary, Address(Map.r(at.pointee.src), constant))
        code.arithmetic32(.and, temporary, Int32(bitPattern: at.pointee.mask))
        return Address(Map.scratchpad, index: temporary)
    }

    @inline(__always)
    private func multiply(_ dst: Register, _ constant: UInt64, _ code: inout Assembler) {
        if let word = Int32(exactly: Int64(bitPattern: constant)) {
            code.imul(dst, dst, word)
        } else {
            code.mov(.rax, constant)
            code.imul(dst, .rax)
        }
    }

    @inline(__always)
    private func multiplyHigh(signed: Bool, _ dst: Register, _ src: Register, _ code: inout Assembler) {
        if !signed, features.hasBMI2 {
            code.mov(.rdx, dst)
            code.mulx(high: dst, low: .rax, src)
            return
        }
        code.mov(.rax, dst)
        code.multiplyWide(signed: signed, src)
        code.mov(dst, .rdx)
    }

    @inline(__always)
    private func multiplyHigh(signed: Bool, _ dst: Register, _ src: Address, _ code: inout Assembler) {
        if !signed, features.hasBMI2 {
            code.mov(.rdx, dst)
            code.mulx(high: dst, low: .rax, src)
            return
        }
        code.mov(.rax, dst)
        code.multiplyWide(signed: signed, src)
        code.mov(dst, .rdx)
    }

    @inline(__always)
    private func groupF(
        _ operation: Assembler.Pair, _ at: UnsafePointer<nj_rx_instruction>, _ block: inout Block,
        _ code: inout Assembler
    ) {
        code.cvtdq2pd(Map.temporary, operand(at, .rax, &code))
        arithmetic(operation, Map.f(at.pointee.dst), Map.temporary, &block, &code)
    }

    @inline(__always)
    private func divide(
        _ at: UnsafePointer<nj_rx_instruction>, _ block: inout Block, _ code: inout Assembler
    ) {
        code.cvtdq2pd(Map.temporary, operand(at, .rax, &code))
        code.pair(.and, Map.temporary, Map.keepE)
        code.pair(.or, Map.temporary, Map.setE)
        arithmetic(.div, Map.e(at.pointee.dst), Map.temporary, &block, &code)
    }

    /// CFROUND. The mode's two bits are moved to bits 2 and 3, where they index the table on the stack.
    @inline(__always)
    private func round(
        _ src: Register, _ rotation: UInt64, guarded mask: UInt32, _ block: Block, _ code: inout Assembler
    ) {
        let count = UInt8(truncatingIfNeeded: (rotation &- 2) & 63)
        if features.hasBMI2 {
            code.rorx(.rax, src, count)
        } else {
            code.mov(.rax, src)
            if count != 0 { code.ror(.rax, count) }
        }
        if mask != 0 {
            code.test32(.rax, mask << 2)
            let over = code.jumpAhead(.notZero)
            changeMode(block, &code)
            code.land(over)
        } else {
            changeMode(block, &code)
        }
    }

    @inline(__always)
    private func changeMode(_ block: Block, _ code: inout Assembler) {
        code.arithmetic32(.and, .rax, 12)
        code.mov32(block.machine.rounding, .rax)
        if block.mode == nil {
            code.ldmxcsr(Address(.rsp, index: .rax, RegisterMap.Stack.modes))
        } else {
            code.mov(.rax, block.machine.nextCopy)
            code.jumpIntoCopy(of: block.start)
        }
    }

    /// Arithmetic on two doubles that rounds as the machine's mode says.
    @inline(__always)
    private func arithmetic(
        _ operation: Assembler.Pair, _ dst: Vector, _ src: Vector, _ block: inout Block, _ code: inout Assembler
    ) {
        guard let mode = block.mode else { return code.pair(operation, dst, src) }
        roundings[block.rounded] = Int32(truncatingIfNeeded: code.count)
        block.rounded += 1
        code.rounded(operation, dst, src, mode: mode)
    }
}
