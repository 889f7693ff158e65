import CHashing
import NightjarCore

/// An 8-byte instruction word of the virtual machine (`doc/specs.md` 5.1).
package struct RandomXInstructionWord: Sendable {
    package let word: UInt64

    package init(_ word: UInt64) { self.word = word }

    package var opcode: Int { Int(truncatingIfNeeded: word & 0xFF) }
    package var dst: Int { Int(truncatingIfNeeded: word >> 8 & 0xFF) }
    package var src: Int { Int(truncatingIfNeeded: word >> 16 & 0xFF) }
    /// `mod.mem`: which scratchpad level below the third.
    package var memory: UInt8 { UInt8(truncatingIfNeeded: word >> 24 & 3) }
    /// `mod.shift`.
    package var shift: UInt8 { UInt8(truncatingIfNeeded: word >> 26 & 3) }
    /// `mod.cond`.
    package var condition: Int { Int(truncatingIfNeeded: word >> 28 & 15) }
    package var imm32: UInt32 { UInt32(truncatingIfNeeded: word >> 32) }
    /// `imm32`, sign-extended.
    package var immediate: UInt64 { UInt64(bitPattern: Int64(Int32(bitPattern: imm32))) }
}

/// Turns random bytes into the programs that the C interpreter runs. Allocates nothing once it is made.
package struct RandomXDecoder: Sendable {
    private let parameters: RandomXParameters
    /// What each opcode means.
    private let opcodes: [RandomXParameters.Instruction]
    private let masks: (l1: UInt32, l2: UInt32, l3: UInt32)
    private let mixing: nj_rx_mixing
    private let prefetch: nj_rx_prefetch
    private let implementation: nj_implementation

    /// - Parameter implementation: which code is to do the programs' AES rounds.
    package init(_ parameters: RandomXParameters, implementation: Implementation = .best) {
        self.parameters = parameters
        opcodes = parameters.opcodes
        masks = parameters.masks
        mixing =
            switch parameters.mixing {
            case .xor: NJ_RX_MIX_XOR
            case .aes: NJ_RX_MIX_AES
            }
        prefetch =
            switch parameters.prefetchRegister {
            case .mx: NJ_RX_PREFETCH_MX
            case .ma: NJ_RX_PREFETCH_MA
            }
        self.implementation = implementation.cValue
    }

    // MARK: Configuration (4.5)

    /// - Parameters:
    ///   - bytes: the program's `programBytes` bytes; the first 128 are the configuration.
    ///   - a: group A's eight words, which the configuration sets.
    /// - Returns: all of the program but its instructions.
    package func configuration(_ bytes: UnsafeRawPointer, a: UnsafeMutablePointer<UInt64>) -> nj_rx_program {
        func quadword(_ index: Int) -> UInt64 {
            UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: 8 * index, as: UInt64.self))
        }
        for half in 0..<8 { a[half] = Self.smallPositive(quadword(half)) }
        let selection = quadword(12)
        func address(_ bit: UInt8) -> UInt8 { 2 * bit + UInt8(selection >> UInt64(bit) & 1) }
        let offsets = parameters.datasetExtraSize / 64 + 1
        return nj_rx_program(
            instructions: nil, count: UInt32(parameters.programSize),
            iterations: UInt32(parameters.programIterations),
            ma: UInt32(truncatingIfNeeded: quadword(8)), mx: UInt32(truncatingIfNeeded: quadword(10)),
            address_registers: (address(0), address(1), address(2), address(3)),
            dataset_offset: quadword(13) % offsets,
            dataset_mask: UInt32(truncatingIfNeeded: parameters.datasetBaseSize - 1),
            scratchpad_mask: parameters.lineMask,
            e_mask: (Self.exponentAndFraction(quadword(14)), Self.exponentAndFraction(quadword(15))),
            mixing: mixing, prefetch: prefetch, implementation: implementation)
    }

    /// A number from 1 up to 2^32 (4.5.2): exponent from the top five bits, fraction from the low 52.
    private static func smallPositive(_ entropy: UInt64) -> UInt64 {
        (entropy >> 59 + 1023) << 52 | entropy & (1 << 52 - 1)
    }

    /// Group E's fixed bits (4.3.2, 4.5.6): exponent 011 with four random bits before it, and 22 bits of fraction.
    private static func exponentAndFraction(_ entropy: UInt64) -> UInt64 {
        (0x300 | (entropy >> 60) << 4) << 52 | entropy & (1 << 22 - 1)
    }

    // MARK: Instructions (5)

    /// - Parameters:
    ///   - bytes: the instruction words, which follow the configuration.
    ///   - instructions: room for the program's instructions.
    package func instructions(
        _ bytes: UnsafeRawPointer, into instructions: UnsafeMutablePointer<nj_rx_instruction>
    ) {
        // For each integer register, the index after the instruction that last changed it: where CBRANCH goes.
        var resume = SIMD8<UInt32>(repeating: 0)
        for index in 0..<parameters.programSize {
            let word = RandomXInstructionWord(
                UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: 8 * index, as: UInt64.self)))
            instructions[index] = decode(word, next: UInt32(index + 1), resume: &resume)
        }
    }

    /// - Parameters:
    ///   - next: the index of the instruction after this one.
    ///   - resume: see ``instructions(_:into:)``; updated by instructions that change registers.
    package func decode(
        _ word: RandomXInstructionWord, next: UInt32, resume: inout SIMD8<UInt32>
    ) -> nj_rx_instruction {
        let dst = word.dst & 7
        let src = word.src & 7

        /// An integer instruction that changes `dst`.
        func integer(_ opcode: nj_rx_opcode, immediate: UInt64 = 0, shift: UInt8 = 0) -> nj_rx_instruction {
            resume[dst] = next
            return instruction(opcode, dst, src, immediate: immediate, shift: shift)
        }
        /// Takes `imm32` for its operand where `src` is `dst`.
        func registerOrConstant(_ register: nj_rx_opcode, _ constant: nj_rx_opcode) -> nj_rx_instruction {
            src == dst ? integer(constant, immediate: word.immediate) : integer(register)
        }
        /// Reads memory: the third level at a fixed address where `src` is `dst`.
        func memory(_ opcode: nj_rx_opcode) -> nj_rx_instruction {
            resume[dst] = next
            return src == dst
                ? instruction(opcode, dst, Int(NJ_RX_ZERO_REGISTER), mask: masks.l3, immediate: word.immediate)
                : instruction(opcode, dst, src, mask: lowerMask(word), immediate: word.immediate)
        }
        func float(_ opcode: nj_rx_opcode) -> nj_rx_instruction { instruction(opcode, dst & 3, src & 3) }
        func floatMemory(_ opcode: nj_rx_opcode) -> nj_rx_instruction {
            instruction(opcode, dst & 3, src, mask: lowerMask(word), immediate: word.immediate)
        }
        let nothing = instruction(NJ_RX_NOP, 0, 0)

        switch opcodes[word.opcode] {
        case .iaddRS:
            // The register that x86 cannot address without a displacement gets one.
            return integer(NJ_RX_IADD_RS, immediate: dst == 5 ? word.immediate : 0, shift: word.shift)
        case .iaddM: return memory(NJ_RX_IADD_M)
        case .isubR: return registerOrConstant(NJ_RX_ISUB_R, NJ_RX_ISUB_C)
        case .isubM: return memory(NJ_RX_ISUB_M)
        case .imulR: return registerOrConstant(NJ_RX_IMUL_R, NJ_RX_IMUL_C)
        case .imulM: return memory(NJ_RX_IMUL_M)
        case .imulhR: return integer(NJ_RX_IMULH_R)
        case .imulhM: return memory(NJ_RX_IMULH_M)
        case .ismulhR: return integer(NJ_RX_ISMULH_R)
        case .ismulhM: return memory(NJ_RX_ISMULH_M)
        case .imulRcp:
            guard word.imm32.nonzeroBitCount > 1 else { return nothing }
            return integer(NJ_RX_IMUL_C, immediate: reciprocal(word.imm32))
        case .inegR: return integer(NJ_RX_INEG_R)
        case .ixorR: return registerOrConstant(NJ_RX_IXOR_R, NJ_RX_IXOR_C)
        case .ixorM: return memory(NJ_RX_IXOR_M)
        case .irorR: return registerOrConstant(NJ_RX_IROR_R, NJ_RX_IROR_C)
        case .irolR:
            // Rotating left by a constant is rotating right by its negative, modulo 64.
            return src == dst
                ? integer(NJ_RX_IROR_C, immediate: 0 &- word.immediate) : integer(NJ_RX_IROL_R)
        case .iswapR:
            guard src != dst else { return nothing }
            resume[src] = next
            return integer(NJ_RX_ISWAP_R)
        case .fswapR: return instruction(dst < 4 ? NJ_RX_FSWAP_F : NJ_RX_FSWAP_E, dst & 3, 0)
        case .faddR: return float(NJ_RX_FADD_R)
        case .faddM: return floatMemory(NJ_RX_FADD_M)
        case .fsubR: return float(NJ_RX_FSUB_R)
        case .fsubM: return floatMemory(NJ_RX_FSUB_M)
        case .fscalR: return float(NJ_RX_FSCAL_R)
        case .fmulR: return float(NJ_RX_FMUL_R)
        case .fdivM: return floatMemory(NJ_RX_FDIV_M)
        case .fsqrtR: return float(NJ_RX_FSQRT_R)
        case .cbranch: return branch(word, dst: dst, next: next, resume: &resume)
        case .cfround:
            return instruction(
                NJ_RX_CFROUND, 0, src, mask: parameters.roundingGuard, immediate: UInt64(word.imm32))
        case .istore:
            // Conditions 14 and 15 reach the third level (5.1.4).
            let mask = word.condition >= 14 ? masks.l3 : lowerMask(word)
            return instruction(NJ_RX_ISTORE, dst, src, mask: mask, immediate: word.immediate)
        case .nop: return nothing
        }
    }

    /// CBRANCH (5.4.2). It counts as changing every register, so that jumps never nest.
    private func branch(
        _ word: RandomXInstructionWord, dst: Int, next: UInt32, resume: inout SIMD8<UInt32>
    ) -> nj_rx_instruction {
        let bit = word.condition + parameters.jumpOffset
        var immediate = word.immediate | 1 << UInt64(bit)
        // A cleared bit below the condition's keeps a jump from being taken more than twice in a row.
        if bit > 0 { immediate &= ~(1 << UInt64(bit - 1)) }
        let target = resume[dst]
        resume = SIMD8(repeating: next)
        return instruction(
            NJ_RX_CBRANCH, dst, 0, mask: (1 << UInt32(parameters.jumpBits) - 1) << UInt32(bit), immediate: immediate,
            target: target)
    }

    /// The first or second level's mask, as `mod.mem` says.
    private func lowerMask(_ word: RandomXInstructionWord) -> UInt32 { word.memory != 0 ? masks.l1 : masks.l2 }

    private func instruction(
        _ opcode: nj_rx_opcode, _ dst: Int, _ src: Int, mask: UInt32 = 0, immediate: UInt64 = 0, shift: UInt8 = 0,
        target: UInt32 = 0
    ) -> nj_rx_instruction {
        nj_rx_instruction(
            opcode: opcode, dst: UInt8(truncatingIfNeeded: dst), src: UInt8(truncatingIfNeeded: src), shift: shift,
            mask: mask, immediate: immediate, target: target)
    }
}
