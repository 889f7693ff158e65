import CHashing
import NightjarCore

/// Decodes random bytes to the programs that the C interpreter runs. After `init` it allocates nothing.
package struct RandomXDecoder: Sendable {
    private let parameters: RandomXParameters
    /// The decoding masks of each opcode.
    private let forms: [Form]
    private let masks: (l1: UInt32, l2: UInt32, l3: UInt32)
    private let mixing: nj_rx_mixing
    private let prefetch: nj_rx_prefetch
    private let implementation: nj_implementation

    /// - Parameter implementation: the code for the programs' AES rounds.
    package init(_ parameters: RandomXParameters, implementation: Implementation = .best) {
        self.parameters = parameters
        forms = parameters.opcodes.map { Form($0) }
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
    /// - Returns: the program without its instructions.
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
        withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 8) { resume in
            resume.initialize(repeating: 0)
            guard let resume = resume.baseAddress else { return }
            forms.withUnsafeBufferPointer { forms in
                for index in 0..<parameters.programSize {
                    let word = RandomXInstructionWord(
                        UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: 8 * index, as: UInt64.self)))
                    decode(
                        word, forms[word.opcode], next: UInt32(truncatingIfNeeded: index + 1), resume,
                        instructions + index)
                }
            }
        }
    }

    /// What all instructions of one opcode have in common. Programs are random, so a branch on the kind of instruction
    /// is usually mispredicted. These masks decode most instructions without such a branch.
    private struct Form: Sendable {
        enum Special: Sendable {
            case none, iaddRS, reciprocal, rotateLeft, swap, swapHalves, branch, round, store
        }

        var opcode = NJ_RX_NOP
        /// The operation when `src` is `dst`.
        var same = NJ_RX_NOP
        /// The mask of register numbers.
        var dstMask: UInt8 = 7
        var srcMask: UInt8 = 7
        /// All ones when the instruction changes the integer register `dst`.
        var changeMask: UInt32 = 0
        /// Set when the instruction reads the scratchpad; when `src` is `dst`, it then reads the third level at a fixed
        /// address.
        var isFixedWhereSame: UInt8 = 0
        /// The mask of address masks: all ones when the instruction reads memory.
        var accessMask: UInt32 = 0
        /// The masks of the immediate, when `src` is another register and when it is `dst`.
        var immediateMask: UInt64 = 0
        var sameImmediateMask: UInt64 = 0
        var special = Special.none

        init(_ instruction: RandomXParameters.Instruction) {
            switch instruction {
            case .iaddRS: integer(NJ_RX_IADD_RS, special: .iaddRS)
            case .iaddM: memory(NJ_RX_IADD_M)
            case .isubR: integer(NJ_RX_ISUB_R, constant: NJ_RX_ISUB_C)
            case .isubM: memory(NJ_RX_ISUB_M)
            case .imulR: integer(NJ_RX_IMUL_R, constant: NJ_RX_IMUL_C)
            case .imulM: memory(NJ_RX_IMUL_M)
            case .imulhR: integer(NJ_RX_IMULH_R)
            case .imulhM: memory(NJ_RX_IMULH_M)
            case .ismulhR: integer(NJ_RX_ISMULH_R)
            case .ismulhM: memory(NJ_RX_ISMULH_M)
            case .imulRcp: special = .reciprocal
            case .inegR: integer(NJ_RX_INEG_R)
            case .ixorR: integer(NJ_RX_IXOR_R, constant: NJ_RX_IXOR_C)
            case .ixorM: memory(NJ_RX_IXOR_M)
            case .irorR: integer(NJ_RX_IROR_R, constant: NJ_RX_IROR_C)
            case .irolR: integer(NJ_RX_IROL_R, constant: NJ_RX_IROR_C, special: .rotateLeft)
            case .iswapR: special = .swap
            case .fswapR: special = .swapHalves
            case .faddR: float(NJ_RX_FADD_R)
            case .faddM: floatMemory(NJ_RX_FADD_M)
            case .fsubR: float(NJ_RX_FSUB_R)
            case .fsubM: floatMemory(NJ_RX_FSUB_M)
            case .fscalR: float(NJ_RX_FSCAL_R)
            case .fmulR: float(NJ_RX_FMUL_R)
            case .fdivM: floatMemory(NJ_RX_FDIV_M)
            case .fsqrtR: float(NJ_RX_FSQRT_R)
            case .cbranch: special = .branch
            case .cfround: special = .round
            case .istore: special = .store
            case .nop: break
            }
        }

        /// An operation on integer registers. With `constant`, its operand is `imm32` when `src` is `dst`.
        private mutating func integer(_ opcode: nj_rx_opcode, constant: nj_rx_opcode? = nil, special: Special = .none) {
            self.opcode = opcode
            same = constant ?? opcode
            changeMask = .max
            if constant != nil { sameImmediateMask = .max }
            self.special = special
        }

        private mutating func memory(_ opcode: nj_rx_opcode) {
            self.opcode = opcode
            same = opcode
            changeMask = .max
            isFixedWhereSame = 1
            accessMask = .max
            immediateMask = .max
            sameImmediateMask = .max
        }

        private mutating func float(_ opcode: nj_rx_opcode) {
            self.opcode = opcode
            same = opcode
            dstMask = 3
            srcMask = 3
        }

        private mutating func floatMemory(_ opcode: nj_rx_opcode) {
            float(opcode)
            srcMask = 7
            accessMask = .max
            immediateMask = .max
            sameImmediateMask = .max
        }
    }

    /// - Parameters:
    ///   - next: the index of the instruction after this one.
    ///   - resume: for each integer register, the index after the instruction that last changed it: where CBRANCH goes.
    @inline(__always)
    private func decode(
        _ word: RandomXInstructionWord, _ form: Form, next: UInt32, _ resume: UnsafeMutablePointer<UInt32>,
        _ instruction: UnsafeMutablePointer<nj_rx_instruction>
    ) {
        let dst = UInt8(truncatingIfNeeded: word.dst) & form.dstMask
        let src = UInt8(truncatingIfNeeded: word.src) & form.srcMask
        let same = dst == src
        let fixed = same && form.isFixedWhereSame != 0
        let lower = word.memory != 0 ? masks.l1 : masks.l2
        instruction.pointee = nj_rx_instruction(
            opcode: same ? form.same : form.opcode, dst: dst, src: fixed ? UInt8(NJ_RX_ZERO_REGISTER) : src, shift: 0,
            mask: (fixed ? masks.l3 : lower) & form.accessMask,
            immediate: word.immediate & (same ? form.sameImmediateMask : form.immediateMask), target: 0)
        let changed = resume + Int(dst)
        changed.pointee = next & form.changeMask | changed.pointee & ~form.changeMask
        if form.special != .none { finish(word, form.special, next: next, resume, instruction) }
    }

    /// Decodes what a form's masks cannot express.
    private func finish(
        _ word: RandomXInstructionWord, _ special: Form.Special, next: UInt32, _ resume: UnsafeMutablePointer<UInt32>,
        _ instruction: UnsafeMutablePointer<nj_rx_instruction>
    ) {
        let dst = Int(instruction.pointee.dst), src = Int(instruction.pointee.src)
        switch special {
        case .none: break
        case .iaddRS:
            instruction.pointee.shift = word.shift
            // x86 cannot address this register without a displacement, so the instruction has one.
            instruction.pointee.immediate = dst == 5 ? word.immediate : 0
        case .reciprocal:
            guard word.imm32.nonzeroBitCount > 1 else { return }
            instruction.pointee.opcode = NJ_RX_IMUL_C
            instruction.pointee.immediate = reciprocal(word.imm32)
            resume[dst] = next
        case .rotateLeft:
            // Rotating left by a constant is rotating right by its negative, modulo 64.
            instruction.pointee.immediate = 0 &- instruction.pointee.immediate
        case .swap:
            guard src != dst else { return }
            instruction.pointee.opcode = NJ_RX_ISWAP_R
            resume[src] = next
            resume[dst] = next
        case .swapHalves:
            instruction.pointee.opcode = dst < 4 ? NJ_RX_FSWAP_F : NJ_RX_FSWAP_E
            instruction.pointee.dst &= 3
        case .branch: branch(word, next: next, resume, instruction)
        case .round:
            instruction.pointee.opcode = NJ_RX_CFROUND
            instruction.pointee.immediate = UInt64(word.imm32)
            instruction.pointee.mask = parameters.roundingGuard
        case .store:
            instruction.pointee.opcode = NJ_RX_ISTORE
            instruction.pointee.immediate = word.immediate
            // Conditions 14 and 15 reach the third level (5.1.4).
            instruction.pointee.mask = word.condition >= 14 ? masks.l3 : word.memory != 0 ? masks.l1 : masks.l2
        }
    }

    /// CBRANCH (5.4.2). It counts as a change of every register, so that jumps never nest.
    private func branch(
        _ word: RandomXInstructionWord, next: UInt32, _ resume: UnsafeMutablePointer<UInt32>,
        _ instruction: UnsafeMutablePointer<nj_rx_instruction>
    ) {
        let bit = word.condition + parameters.jumpOffset
        var immediate = word.immediate | 1 << UInt64(bit)
        // Clearing the bit below the condition's bits prevents more than two jumps in a row.
        if bit > 0 { immediate &= ~(1 << UInt64(bit - 1)) }
        instruction.pointee.opcode = NJ_RX_CBRANCH
        instruction.pointee.immediate = immediate
        instruction.pointee.mask = (1 << UInt32(parameters.jumpBits) - 1) << UInt32(bit)
        instruction.pointee.target = resume[Int(instruction.pointee.dst)]
        for register in 0..<8 { resume[register] = next }
    }
}
