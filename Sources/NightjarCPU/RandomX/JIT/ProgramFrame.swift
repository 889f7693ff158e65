import CHashing

/// The code around the instructions: what `doc/specs.md` 4.6.2 does in each iteration, and once before and after.
extension ProgramEmitter {
    private typealias Map = RegisterMap
    private typealias Stack = RegisterMap.Stack

    private static let groupF: Int32 = 64
    private static let groupE: Int32 = 128
    private static let groupA: Int32 = 192
    private static let registerFile: Int32 = 256

    // MARK: Once

    /// Saves the caller's registers, loads constants, and sets up each machine's state for its first iteration.
    func prologue(_ run: borrowing Run, _ code: inout Assembler) {
        for register in Map.saved { code.push(register) }
        code.arithmetic(
            .sub, .rsp, Stack.size(machines: run.count, computesTogether: run.computesTogether))
        code.mov(Address(.rsp, Stack.registers), .rdx)
        code.mov(Address(.rsp, Stack.item), .rcx)
        code.mov(Address(.rsp, Stack.roundings), .r8)
        code.mov32(Map.periods, run.programs.pointee.iterations / UInt32(run.schedule.period))
        code.mov32(Map.phase, 0)
        for mode in 0..<4 as Range<UInt32> {
            // All exceptions are masked, as in the interpreter.
            code.mov32(Address(.rsp, Stack.modes + 4 * Int32(mode)), 0x1F80 | mode << 13)
        }
        code.ldmxcsr(Address(.rsp, Stack.modes + 4 * Int32(run.roundings.pointee & 3)))
        constant(Map.keepE, 1 << 56 - 1, 1 << 56 - 1, &code)
        constant(Map.scale, 0x80F0_0000_0000_0000, 0x80F0_0000_0000_0000, &code)
        if case .memory = run.dataset {
            code.arithmetic(.add, Map.memory, Int32(truncatingIfNeeded: run.programs.pointee.dataset_offset * 64))
        }
        // The first machine comes last, so that its state stays in the registers.
        code.mov(.rcx, .rdx)
        for number in (0..<run.count).reversed() { startMachine(number, run, &code) }
        guard run.computesTogether else { return }
        for lane in run.count..<ItemLanesMap.lanes { code.mov(Map.itemNumber(lane, of: run.count), Map.r(0)) }
        computeItems(run, &code)
    }

    /// Sets up a machine; rcx holds the address of the register files.
    private func startMachine(_ number: Int, _ run: borrowing Run, _ code: inout Assembler) {
        let machine = Map.Machine(number), program = run.programs[number]
        if run.hasCopies { placeCopies(number, run, &code) }
        for group in 0..<4 as Range<UInt8> {
            code.movups(
                Map.a(group), Address(.rcx, Self.registerFile * Int32(number) + Self.groupA + 16 * Int32(group)))
        }
        constant(Map.setE, program.e_mask.0, program.e_mask.1, &code)
        for register in 0..<8 as Range<UInt8> { code.arithmetic32(.xor, Map.r(register), Map.r(register)) }
        let mask = Self.addressMask(program)
        code.mov(.rax, UInt64(Self.first(program) & mask) | UInt64(Self.second(program) & mask) << 32)
        code.mov(machine.memoryRegisters, .rax)
        code.mov32(machine.rounding, (run.roundings[number] & 3) << 2)
        // All r are zero at the start, so only mx and ma choose the first lines.
        let pad = Int32(number) * run.stride
        code.mov(.rax, UInt64(program.mx & program.scratchpad_mask))
        code.mov(.rdx, UInt64(program.ma & program.scratchpad_mask))
        code.lea(.rax, Address(Map.scratchpad, index: .rax, pad))
        code.lea(.rdx, Address(Map.scratchpad, index: .rdx, pad))
        code.mov(machine.line0, .rax)
        code.mov(machine.line1, .rdx)
        guard run.count > 1 else { return }
        code.movaps(machine.setE, Map.setE)
        for group in 0..<4 as Range<UInt8> { code.movaps(machine.a(group), Map.a(group)) }
        keepRegisters(machine, &code)
    }

    /// Writes a machine's rounding mode and its register file, without group A, which does not change.
    func finishMachine(_ number: Int, _ code: inout Assembler) {
        let base = Self.registerFile * Int32(number)
        code.mov(.rcx, Address(.rsp, Stack.registers))
        for register in 0..<8 as Range<UInt8> { code.mov(Address(.rcx, base + 8 * Int32(register)), Map.r(register)) }
        for group in 0..<4 as Range<UInt8> {
            code.movups(Address(.rcx, base + Self.groupF + 16 * Int32(group)), Map.f(group))
            code.movups(Address(.rcx, base + Self.groupE + 16 * Int32(group)), Map.e(group))
        }
        code.mov(.rcx, Address(.rsp, Stack.roundings))
        code.mov32(.rbx, Map.Machine(number).rounding)
        code.shr(.rbx, 2)
        code.mov32(Address(.rcx, 4 * Int32(number)), .rbx)
    }

    /// Restores the caller's registers.
    func epilogue(_ run: borrowing Run, _ code: inout Assembler) {
        if run.hasCopies { code.vzeroupper() }
        code.arithmetic(.add, .rsp, Stack.size(machines: run.count, computesTogether: run.computesTogether))
        for register in Map.saved.reversed() { code.pop(register) }
        code.ret()
    }

    // MARK: Each iteration

    /// Steps 2 and 3. The lines' addresses are in rax and rdx: step 1 was done at the end of the machine's previous
    /// iteration.
    func beginIteration(_ code: inout Assembler) {
        for register in 0..<8 as Range<UInt8> {
            code.arithmetic(.xor, Map.r(register), Address(.rax, 8 * Int32(register)))
        }
        for group in 0..<4 as Range<UInt8> { code.cvtdq2pd(Map.f(group), Address(.rdx, 8 * Int32(group))) }
        for group in 0..<4 as Range<UInt8> {
            code.cvtdq2pd(Map.e(group), Address(.rdx, 32 + 8 * Int32(group)))
            code.pair(.and, Map.e(group), Map.keepE)
            code.pair(.or, Map.e(group), Map.setE)
        }
    }

    /// Loads the registers of a machine that has waited for its turn.
    func resume(_ number: Int, _ run: borrowing Run, _ code: inout Assembler) {
        guard run.count > 1 else { return }
        let machine = Map.Machine(number)
        code.mov(.rcx, machine.source)
        code.mov(.rax, machine.line0)
        code.mov(.rdx, machine.line1)
        for register in 0..<8 as Range<UInt8> { code.mov(Map.r(register), Address(.rcx, 8 * Int32(register))) }
        for group in 0..<4 as Range<UInt8> { code.movaps(Map.a(group), machine.a(group)) }
        code.movaps(Map.setE, machine.setE)
        guard !run.oneRounding, !run.hasCopies else { return }
        code.mov32(.rcx, machine.rounding)
        code.ldmxcsr(Address(.rsp, index: .rcx, Stack.modes))
    }

    /// Steps 5 to 11, and step 1 of the machine's next iteration, whose line addresses are left in rax and rdx. rbx and
    /// rcx keep the addresses of the lines of f and r.
    func endIteration(_ number: Int, _ run: borrowing Run, _ code: inout Assembler) {
        let machine = Map.Machine(number), program = run.programs[number]
        let readers = program.address_registers
        // Memory registers stay masked, because masking distributes over XOR. The low half gets the address bits and
        // tells which item to prefetch; the item to read is the one in ma before.
        code.mov(Map.memoryRegisters, machine.memoryRegisters)
        code.mov32(.rax, Map.r(readers.2))
        code.arithmetic32(.xor, .rax, Map.r(readers.3))
        code.arithmetic32(.and, .rax, Int32(bitPattern: Self.addressMask(program)))
        if program.prefetch == NJ_RX_PREFETCH_MA { code.mov32(.rcx, Map.memoryRegisters) }
        code.arithmetic(.xor, Map.memoryRegisters, .rax)
        if case .memory = run.dataset, run.schedule.phases == 1 {
            code.mov32(.rdx, Map.memoryRegisters)
            prefetchItem(Address(Map.memory, index: .rdx), &code)
        }
        code.ror(Map.memoryRegisters, 32)
        if program.prefetch != NJ_RX_PREFETCH_MA { code.mov32(.rcx, Map.memoryRegisters) }
        code.mov(machine.memoryRegisters, Map.memoryRegisters)
        switch run.dataset {
        case .memory: readItem(readers, &code)
        case .computed where run.count > 1: readComputed(number, of: run.count, &code)
        case .computed: computeItem(program, &code)
        }

        // Compute the next lines' addresses as early as possible.
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

        // Store r first: when both lines are the same, f must overwrite it.
        code.mov(.rcx, machine.line1)
        for register in 0..<8 as Range<UInt8> { code.mov(Address(.rcx, 8 * Int32(register)), Map.r(register)) }
        code.mov(.rbx, machine.line0)
        if program.mixing == NJ_RX_MIX_AES { mixByAES(&code) }
        for group in 0..<4 as Range<UInt8> {
            if program.mixing == NJ_RX_MIX_XOR { code.pair(.xor, Map.f(group), Map.e(group)) }
            code.movaps(Address(.rbx, 16 * Int32(group)), Map.f(group))
        }
        code.mov(machine.line0, .rax)
        code.mov(machine.line1, .rdx)
    }

    /// Notes where the r of a machine that now waits is stored.
    ///
    /// - Returns: the jump to take when its scratchpad does not hold r.
    func putAway(_ machine: RegisterMap.Machine, _ code: inout Assembler) -> Int {
        code.mov(machine.source, .rcx)
        code.arithmetic(.cmp, .rbx, .rcx)
        return code.jumpFarAhead(.zero)
    }

    /// Saves the r of a waiting machine where nothing overwrites it.
    func keepRegisters(_ machine: RegisterMap.Machine, _ code: inout Assembler) {
        for register in 0..<8 as Range<UInt8> { code.mov(machine.r(register), Map.r(register)) }
        code.lea(.rbp, machine.r(0))
        code.mov(machine.source, .rbp)
    }

    /// Loads what the next machine needs: its scratchpad, and its program's first dataset item.
    func passTurn(_ number: Int, to next: Int, _ run: borrowing Run, _ code: inout Assembler) {
        guard next != number else { return }
        code.arithmetic(.add, Map.scratchpad, Int32(next - number) * run.stride)
        if case .memory = run.dataset {
            let offsets = (run.programs[number].dataset_offset, run.programs[next].dataset_offset)
            code.arithmetic(
                .add, Map.memory, Int32(truncatingIfNeeded: (Int64(offsets.1) - Int64(offsets.0)) * 64))
        }
    }

    /// Prefetches the iteration's item together with all waiting ones, or stores its address to wait. It does not
    /// change rax, rcx, rdx and rbx.
    func prefetch(_ number: Int, _ end: IterationSchedule.End, _ run: borrowing Run, _ code: inout Assembler) {
        code.mov32(.rbp, Map.Machine(number).named)
        if !end.prefetches {
            code.arithmetic(.add, .rbp, Map.memory)
            code.mov(Map.Machine(number).item, .rbp)
            return
        }
        prefetchItem(Address(Map.memory, index: .rbp), &code)
        for other in 0..<run.count where other != number {
            code.mov(.rbp, Map.Machine(other).item)
            prefetchItem(Address(.rbp), &code)
        }
    }

    // MARK: Pieces

    private func prefetchItem(_ address: Address, _ code: inout Assembler) {
        if features.itemsPassL2 { code.prefetchnta(address) } else { code.prefetcht0(address) }
    }

    /// Reads the item at rcx. The registers that choose the next scratchpad lines come first.
    private func readItem(_ readers: (UInt8, UInt8, UInt8, UInt8), _ code: inout Assembler) {
        read(readers.0, &code)
        read(readers.1, &code)
        for register in 0..<8 as Range<UInt8> where register != readers.0 && register != readers.1 {
            read(register, &code)
        }
    }

    private func read(_ register: UInt8, _ code: inout Assembler) {
        code.arithmetic(.xor, Map.r(register), Address(Map.memory, index: .rcx, 8 * Int32(register)))
    }

    private func computeItem(_ program: nj_rx_program, _ code: inout Assembler) {
        for number in 0..<8 as Range<UInt8> { code.mov(Address(.rsp, Stack.r + 8 * Int32(number)), Map.r(number)) }
        code.shr(.rcx, 6)
        code.arithmetic(.add, .rcx, Int32(truncatingIfNeeded: program.dataset_offset))
        code.call(Address(.rsp, Stack.item))
        for number in 0..<8 as Range<UInt8> {
            code.arithmetic(.xor, Map.r(number), Address(.rsp, Stack.r + 8 * Int32(number)))
        }
    }

    /// Computes the item that each machine reads next. It changes rax, rcx and rdx.
    func computeItems(_ run: borrowing Run, _ code: inout Assembler) {
        for number in 0..<run.count {
            let program = run.programs[number], machine = Map.Machine(number)
            code.mov32(
                .rax, program.prefetch == NJ_RX_PREFETCH_MA ? machine.memoryRegisters : machine.named)
            code.shr(.rax, 6)
            code.arithmetic(.add, .rax, Int32(truncatingIfNeeded: program.dataset_offset))
            code.mov(Map.itemNumber(number, of: run.count), .rax)
        }
        code.lea(.rcx, Map.itemNumber(0, of: run.count))
        code.mov(.rdx, UInt64(run.count))
        code.call(Address(.rsp, Stack.item))
    }

    private func readComputed(_ number: Int, of count: Int, _ code: inout Assembler) {
        for register in 0..<8 as Range<UInt8> {
            code.arithmetic(.xor, Map.r(register), Map.itemWord(register, number, of: count))
        }
    }

    /// Mixes group E into group F as v2 does: each of e0 to e3 in turn is the key of an AES round on all of group F.
    private func mixByAES(_ code: inout Assembler) {
        for key in 0..<4 as Range<UInt8> {
            code.aesenc(Map.f(0), Map.e(key))
            code.aesdec(Map.f(1), Map.e(key))
            code.aesenc(Map.f(2), Map.e(key))
            code.aesdec(Map.f(3), Map.e(key))
        }
    }

    private func constant(_ register: Vector, _ low: UInt64, _ high: UInt64, _ code: inout Assembler) {
        code.mov(.rax, low)
        code.movq(register, .rax)
        code.mov(.rax, high)
        code.movq(Map.temporary, .rax)
        code.punpcklqdq(register, Map.temporary)
    }

    /// The mask that gives a dataset item's address, relative to the program's first item.
    private static func addressMask(_ program: nj_rx_program) -> UInt32 { program.dataset_mask & ~63 }

    /// The memory register that gets address bits first.
    private static func first(_ program: nj_rx_program) -> UInt32 {
        program.prefetch == NJ_RX_PREFETCH_MA ? program.ma : program.mx
    }

    private static func second(_ program: nj_rx_program) -> UInt32 {
        program.prefetch == NJ_RX_PREFETCH_MA ? program.mx : program.ma
    }
}
