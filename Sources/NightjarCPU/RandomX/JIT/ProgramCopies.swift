import CHashing

/// Programs with a copy of their code for each rounding mode. Arithmetic has its mode in the instruction, as AVX-512
/// allows, and CFROUND jumps into another copy.
///
/// The other way is to change MXCSR. On AMD's processors a new mode there takes effect when all instructions before it
/// have retired, and what comes after it begins anew: some 12 ns, in most iterations of v1, and again whenever another
/// machine takes its turn. A mispredicted jump costs less: it is found out as soon as the register is known that chooses
/// the copy.
///
/// A copy has no address in it that leads out of it, so that all are the same but for the modes. The prologue comes last,
/// because it stores the copies' addresses.
extension ProgramEmitter {
    private typealias Map = RegisterMap

    func emitCopies(_ run: borrowing Run, _ code: inout Assembler) {
        let start = code.jumpFarAhead()
        for number in 0..<run.count { emitBlock(number, run, &code) }
        code.landFar(start)
        prologue(run, &code)
        let mode = Int(run.roundings[0] & 3)
        code.jump(to: entries[0].resume + mode * entries[0].size)
    }

    /// Emits all copies of a machine's code. A program that changes no mode has one.
    private func emitBlock(_ number: Int, _ run: borrowing Run, _ code: inout Assembler) {
        code.align(32)
        let changes = run.programs[number].changesRounding
        let mode = changes ? 0 : UInt8(truncatingIfNeeded: run.roundings[number] & 3)
        var block = Block(machine: Map.Machine(number), start: code.count, mode: mode)
        var detoured = 0
        emit(number, run, &block, &detoured, &code)
        emitDetours(detoured, &code)
        code.align(32)
        entries[number].start = block.start
        entries[number].size = changes ? code.count - block.start : 0
        guard changes else { return }
        let size = entries[number].size
        for mode in 1..<4 as Range<UInt8> {
            code.duplicate(block.start, size)
            for index in 0..<block.rounded {
                code.setRounding(mode, at: Int(roundings[index]) + Int(mode) * size)
            }
        }
    }

    /// Stores the addresses of a machine's copies, and the address where it begins. It changes rax.
    func placeCopies(_ number: Int, _ run: borrowing Run, _ code: inout Assembler) {
        let machine = Map.Machine(number), entry = entries[number]
        for mode in 0..<4 as Range<UInt8> {
            code.lea(.rax, offset: entry.start + Int(mode) * entry.size)
            code.mov(machine.copy(mode), .rax)
        }
        code.lea(.rax, offset: entry.resume + Int(run.roundings[number] & 3) * entry.size)
        code.mov(machine.resume, .rax)
    }

    /// Notes in which copy a machine that now waits goes on. It changes rbp.
    func noteResume(_ number: Int, _ run: borrowing Run, _ code: inout Assembler) {
        guard run.programs[number].changesRounding else { return }
        code.lea(.rbp, offset: entries[number].resume)
        code.mov(Map.Machine(number).resume, .rbp)
    }
}
