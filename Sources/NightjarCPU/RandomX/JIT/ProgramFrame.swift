import CHashing

/// All but the instructions: what `doc/specs.md` 4.6.2 does around them in each iteration, and once before and after.
extension ProgramEmitter {
    private typealias Map = RegisterMap
    private typealias Stack = RegisterMap.Stack

    private static let groupF: Int32 = 64
    private static let groupE: Int32 = 128
    private static let groupA: Int32 = 192

    /// Saves the caller's registers, loads constants and group A, and leaves the first iteration's lines in rax and rdx.
    func prologue(_ program: nj_rx_program, _ dataset: Dataset, _ code: inout Assembler) {
        for register in Map.saved { code.push(register) }
        code.arithmetic(.sub, .rsp, Stack.size)
        code.mov(Address(.rsp, Stack.registers), .rdx)
        code.mov(Address(.rsp, Stack.item), .rcx)
        code.mov32(Address(.rsp, Stack.iterations), program.iterations)
        for mode in 0..<4 as Range<UInt32> {
            // All exceptions masked, as the interpreter has it.
            code.mov32(Address(.rsp, Stack.modes + 4 * Int32(mode)), 0x1F80 | mode << 13)
        }
        for number in 0..<4 as Range<UInt8> {
            code.movups(Map.a(number), Address(.rdx, Self.groupA + 16 * Int32(number)))
        }
        constant(Map.keepE, 1 << 56 - 1, 1 << 56 - 1, &code)
        constant(Map.setE, program.e_mask.0, program.e_mask.1, &code)
        constant(Map.scale, 0x80F0_0000_0000_0000, 0x80F0_0000_0000_0000, &code)
        if case .memory = dataset {
            code.arithmetic(.add, Map.memory, Int32(truncatingIfNeeded: program.dataset_offset * 64))
        }
        let mask = Self.addressMask(program)
        code.mov(Map.ma, UInt64(program.ma & mask))
        code.mov(Map.mx, UInt64(program.mx & mask))
        for number in 0..<8 as Range<UInt8> { code.arithmetic32(.xor, Map.r(number), Map.r(number)) }
        // With r zero, the first lines are named by mx and ma alone.
        code.mov(.rax, UInt64(program.mx & program.scratchpad_mask))
        code.mov(.rdx, UInt64(program.ma & program.scratchpad_mask))
        code.arithmetic(.add, .rax, Map.scratchpad)
        code.arithmetic(.add, .rdx, Map.scratchpad)
        keepLines(&code)
    }

    /// Steps 2 and 3. The lines' addresses are in rax and rdx: step 1 is done at the end of the iteration before.
    func beginIteration(_ code: inout Assembler) {
        for number in 0..<8 as Range<UInt8> {
            code.arithmetic(.xor, Map.r(number), Address(.rax, 8 * Int32(number)))
        }
        for number in 0..<4 as Range<UInt8> { code.cvtdq2pd(Map.f(number), Address(.rdx, 8 * Int32(number))) }
        for number in 0..<4 as Range<UInt8> {
            code.cvtdq2pd(Map.e(number), Address(.rdx, 32 + 8 * Int32(number)))
            code.pair(.and, Map.e(number), Map.keepE)
            code.pair(.or, Map.e(number), Map.setE)
        }
    }

    /// Steps 5 to 11, and step 1 of the next iteration.
    func endIteration(_ program: nj_rx_program, _ dataset: Dataset, _ code: inout Assembler) {
        let readers = program.address_registers
        // ma and mx stay masked, since masking distributes over XOR.
        code.mov32(.rax, Map.r(readers.2))
        code.arithmetic32(.xor, .rax, Map.r(readers.3))
        code.arithmetic32(.and, .rax, Int32(bitPattern: Self.addressMask(program)))
        // The item read is the one that ma named before, the one prefetched the one that `mp` names now.
        let line: Register
        if program.prefetch == NJ_RX_PREFETCH_MA {
            line = .rcx
            code.mov32(line, Map.ma)
            code.arithmetic32(.xor, Map.ma, .rax)
        } else {
            line = Map.ma
            code.arithmetic32(.xor, Map.mx, .rax)
        }
        switch dataset {
        case .memory:
            code.prefetchnta(
                Address(Map.memory, index: program.prefetch == NJ_RX_PREFETCH_MA ? Map.ma : Map.mx))
            readItem(line, readers, &code)
        case .computed: computeItem(line, program, &code)
        }
        code.xchg32(Map.ma, Map.mx)

        // The next lines, as early as they are known.
        code.mov(.rdx, Map.r(readers.0))
        code.arithmetic(.xor, .rdx, Map.r(readers.1))
        code.mov32(.rax, .rdx)
        code.shr(.rdx, 32)
        code.arithmetic32(.and, .rax, Int32(bitPattern: program.scratchpad_mask))
        code.arithmetic32(.and, .rdx, Int32(bitPattern: program.scratchpad_mask))
        code.arithmetic(.add, .rax, Map.scratchpad)
        code.arithmetic(.add, .rdx, Map.scratchpad)
        code.prefetcht0(Address(.rax))
        code.prefetcht0(Address(.rdx))

        // r first: where both lines are one, f has the last word.
        code.mov(.rcx, Address(.rsp, Stack.line1))
        for number in 0..<8 as Range<UInt8> { code.mov(Address(.rcx, 8 * Int32(number)), Map.r(number)) }
        code.mov(.rcx, Address(.rsp, Stack.line0))
        if program.mixing == NJ_RX_MIX_AES { mixByAES(&code) }
        for number in 0..<4 as Range<UInt8> {
            if program.mixing == NJ_RX_MIX_XOR { code.pair(.xor, Map.f(number), Map.e(number)) }
            code.movaps(Address(.rcx, 16 * Int32(number)), Map.f(number))
        }
        keepLines(&code)
    }

    /// Writes the register file and gives the caller's registers back.
    func epilogue(_ code: inout Assembler) {
        code.mov(.rdx, Address(.rsp, Stack.registers))
        for number in 0..<8 as Range<UInt8> { code.mov(Address(.rdx, 8 * Int32(number)), Map.r(number)) }
        for number in 0..<4 as Range<UInt8> {
            code.movups(Address(.rdx, Self.groupF + 16 * Int32(number)), Map.f(number))
            code.movups(Address(.rdx, Self.groupE + 16 * Int32(number)), Map.e(number))
        }
        code.arithmetic(.sub, .rsp, -Stack.size)
        for register in Map.saved.reversed() { code.pop(register) }
        code.ret()
    }

    // MARK: Pieces

    /// Reads an item. The registers that name the next scratchpad lines come first.
    private func readItem(
        _ line: Register, _ readers: (UInt8, UInt8, UInt8, UInt8), _ code: inout Assembler
    ) {
        read(readers.0, line, &code)
        read(readers.1, line, &code)
        for number in 0..<8 as Range<UInt8> where number != readers.0 && number != readers.1 {
            read(number, line, &code)
        }
    }

    private func read(_ number: UInt8, _ line: Register, _ code: inout Assembler) {
        code.arithmetic(.xor, Map.r(number), Address(Map.memory, index: line, 8 * Int32(number)))
    }

    private func computeItem(_ line: Register, _ program: nj_rx_program, _ code: inout Assembler) {
        for number in 0..<8 as Range<UInt8> { code.mov(Address(.rsp, Stack.r + 8 * Int32(number)), Map.r(number)) }
        if line != .rcx { code.mov32(.rcx, line) }
        code.shr(.rcx, 6)
        code.arithmetic(.add, .rcx, Int32(truncatingIfNeeded: program.dataset_offset))
        code.call(Address(.rsp, Stack.item))
        for number in 0..<8 as Range<UInt8> {
            code.arithmetic(.xor, Map.r(number), Address(.rsp, Stack.r + 8 * Int32(number)))
        }
    }

    /// Group F takes up group E in v2's way: each of e0 to e3 in turn is the key of a round on all of group F.
    private func mixByAES(_ code: inout Assembler) {
        for key in 0..<4 as Range<UInt8> {
            code.aesenc(Map.f(0), Map.e(key))
            code.aesdec(Map.f(1), Map.e(key))
            code.aesenc(Map.f(2), Map.e(key))
            code.aesdec(Map.f(3), Map.e(key))
        }
    }

    private func keepLines(_ code: inout Assembler) {
        code.mov(Address(.rsp, Stack.line0), .rax)
        code.mov(Address(.rsp, Stack.line1), .rdx)
    }

    private func constant(_ register: Vector, _ low: UInt64, _ high: UInt64, _ code: inout Assembler) {
        code.mov(.rax, low)
        code.movq(register, .rax)
        code.mov(.rax, high)
        code.movq(Map.temporary, .rax)
        code.punpcklqdq(register, Map.temporary)
    }

    /// Where dataset items begin, relative to the first of the program.
    private static func addressMask(_ program: nj_rx_program) -> UInt32 { program.dataset_mask & ~63 }
}
