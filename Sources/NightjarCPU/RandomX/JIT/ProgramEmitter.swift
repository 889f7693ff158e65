import CHashing
import NightjarAlgorithms
import NightjarCore

/// Turns decoded programs into machine code for all their iterations (`doc/specs.md` 4.6.2). ``RegisterMap`` lists
/// registers and stack.
///
/// There may be several programs, of different hashes. They run in turns, see ``IterationSchedule``.
///
/// The code is a C function `(memory, scratchpads, registers, item, roundings)`. Its C entry restores the caller's
/// MXCSR.
package struct ProgramEmitter: ~Copyable {
    /// The source of the programs' dataset items.
    package enum Dataset: Sendable {
        /// `memory` is the dataset's first item.
        case memory
        /// `memory` is the cache, and `item` is the code that computes items from it: that of ``SuperscalarEmitter`` for
        /// one machine, that of ``ItemTurnsEmitter`` or ``ItemLanesEmitter`` for several.
        case computed
    }

    /// The programs to run.
    struct Run: ~Copyable {
        /// One program for each machine, all of one variant.
        let programs: UnsafePointer<nj_rx_program>
        /// The machines' rounding modes at the start.
        let roundings: UnsafePointer<UInt32>
        let dataset: Dataset
        let schedule: IterationSchedule
        /// The bytes from one machine's scratchpad to the next one's.
        let stride: Int32
        /// Whether all machines have the same rounding mode all the time.
        let oneRounding: Bool
        /// Whether each program has a copy of its code for each rounding mode.
        let hasCopies: Bool
        /// The number of machines.
        var count: Int { schedule.machines }
        /// Whether all machines' items are computed together.
        var computesTogether: Bool {
            if case .computed = dataset { count > 1 } else { false }
        }

        init(
            _ programs: UnsafePointer<nj_rx_program>, roundings: UnsafePointer<UInt32>, dataset: Dataset,
            schedule: IterationSchedule, stride: Int32, copies: Bool
        ) {
            self.programs = programs
            self.roundings = roundings
            self.dataset = dataset
            self.schedule = schedule
            self.stride = stride
            var one = true
            for number in 0..<schedule.machines {
                one = one && roundings[number] & 3 == roundings[0] & 3 && !programs[number].changesRounding
            }
            oneRounding = one
            if case .memory = dataset { hasCopies = copies && !one } else { hasCopies = false }
        }
    }

    /// The bytes of the longest code for one instruction, which is CFROUND where there are copies: `mov` (3), `ror` (4),
    /// `test` of eax and a 32-bit constant (6), a short jump (2), `and` of eax (3), the store of the mode (7), the load of
    /// the copy's address (8), and the jump there (8). The tests measure the longest code of every instruction.
    package static let worstInstruction = 41
    /// The most bytes of everything that is not instructions, for each machine. The tests measure it.
    package static let worstAround = 1248

    /// The most machines that one code can have with a dataset.
    package static let mostMachines = 4
    /// The most machines whose items are computed together.
    package static let mostTogether = ItemLanesMap.lanes

    /// The bytes that are enough for any programs of these parameters.
    package static func worstSize(
        _ parameters: RandomXParameters, machines: Int = 1, _ features: ProgramFeatures = .available
    ) -> Int {
        let copies = features.hasEmbeddedRounding ? 4 : 1
        return copies * machines * (worstAround + parameters.programSize * worstInstruction) + Assembler.slack
    }

    /// The offset of each instruction's code, for CBRANCH.
    private let offsets: UnsafeMutablePointer<Int32>
    /// The rarely run code to which a turn jumps.
    private let detours: UnsafeMutablePointer<Detour>
    /// One entry for each machine.
    let entries: UnsafeMutablePointer<MachineOffsets>
    /// The offsets of instructions with a rounding mode of their own, in the block that was written last.
    let roundings: UnsafeMutablePointer<Int32>
    private let capacity: Int
    private let worst: Int
    let features: ProgramFeatures
    /// By the number of machines, less 1.
    private let schedules: [IterationSchedule]
    /// The same for machines whose items are computed together.
    private let schedulesTogether: [IterationSchedule]
    private let stride: Int32

    /// - Parameters:
    ///   - machines: how many programs may run in turns, 1 to ``mostMachines`` or ``mostTogether``.
    ///   - features: what the code may use.
    package init(_ parameters: RandomXParameters, machines: Int = 1, _ features: ProgramFeatures = .available) {
        self.features = features
        // The emitter writes addresses and offsets as 32-bit displacements and constants, which the processor
        // sign-extends.
        precondition(parameters.datasetBaseSize <= 1 << 31 && parameters.datasetExtraSize < 1 << 31)
        precondition(machines >= 1 && machines <= max(Self.mostMachines, Self.mostTogether))
        precondition(machines * parameters.scratchpadL3 <= 1 << 30)
        // ma and mx are kept masked to dataset addresses, and the first iteration takes scratchpad addresses from them.
        precondition(UInt64(parameters.scratchpadL3) <= parameters.datasetBaseSize)
        // CFROUND tests these bits two places higher.
        precondition(parameters.roundingGuard < 1 << 30)
        schedules = (1...min(machines, Self.mostMachines)).map { IterationSchedule(machines: $0) }
        schedulesTogether = (1...machines).map { IterationSchedule(together: $0) }
        for schedule in schedules { precondition(parameters.programIterations % schedule.period == 0) }
        capacity = parameters.programSize
        worst = Self.worstSize(parameters, machines: machines, features)
        stride = Int32(parameters.scratchpadL3)
        offsets = .allocate(capacity: capacity)
        offsets.initialize(repeating: 0, count: capacity)
        detours = .allocate(capacity: 4 * machines)
        roundings = .allocate(capacity: capacity)
        entries = .allocate(capacity: machines)
        entries.initialize(repeating: MachineOffsets(), count: machines)
    }

    deinit {
        offsets.deallocate()
        detours.deallocate()
        roundings.deallocate()
        entries.deallocate()
    }

    /// The offset of the code of instruction `target`. It is known only for instructions up to the current one.
    @inline(__always)
    func offset(_ target: UInt32) -> Int { Int(offsets[Int(target)]) }

    /// Writes programs of one variant into `code`, which has room for ``worstSize(_:machines:)``. Allocates nothing.
    ///
    /// - Parameters:
    ///   - programs: `count` programs, of which there may be ``mostMachines`` with a dataset.
    ///   - roundings: each machine's rounding mode at the start. The code is valid only for these.
    ///   - copies: whether programs have a copy for each rounding mode, where that makes a difference. The emitter's
    ///     features must allow it.
    /// - Returns: bytes of code.
    @discardableResult
    package func emit(
        _ programs: UnsafePointer<nj_rx_program>, count: Int = 1, roundings: UnsafePointer<UInt32>, _ dataset: Dataset,
        copies: Bool = false, into code: borrowing WritableCode
    ) -> Int {
        precondition(!copies || features.hasEmbeddedRounding)
        var schedules = schedules
        if count > 1, case .computed = dataset { schedules = schedulesTogether }
        precondition(code.size >= worst && count >= 1 && count <= schedules.count)
        let run = Run(
            programs, roundings: roundings, dataset: dataset, schedule: schedules[count - 1], stride: stride,
            copies: copies)
        var code = Assembler(code.start, usesAVX: run.hasCopies)
        if run.hasCopies {
            emitCopies(run, &code)
        } else {
            prologue(run, &code)
            var detoured = 0
            for number in 0..<count {
                code.align(32)
                var block = Block(machine: RegisterMap.Machine(number), start: code.count, mode: nil)
                emit(number, run, &block, &detoured, &code)
            }
            emitDetours(detoured, &code)
        }
        precondition(code.count <= worst - Assembler.slack, "a program is longer than the worst one")
        return code.count
    }

    /// Emits a machine's iteration, and what follows it.
    func emit(
        _ number: Int, _ run: borrowing Run, _ block: inout Block, _ detoured: inout Int, _ code: inout Assembler
    ) {
        entries[number].resume = code.count
        resume(number, run, &code)
        entries[number].begin = code.count
        beginIteration(&code)
        instructions(run.programs + number, &block, &code)
        endIteration(number, run, &code)
        // The phase that continues with the next machine comes last, and runs on into that machine's code.
        let phases = run.schedule.phases
        let falling = (0..<phases).first { run.schedule.end(number, phase: $0).next > number } ?? phases - 1
        var jump: Int?
        if phases == 2 {
            code.cmp32(RegisterMap.phase, 0)
            jump = code.jumpFarAhead(falling == 0 ? .zero : .notZero)
            finishTurn(
                number, run.schedule.end(number, phase: 1 - falling), phase: 1 - falling, run, &detoured, &code)
        }
        if let jump { code.landFar(jump) }
        finishTurn(number, run.schedule.end(number, phase: falling), phase: falling, run, &detoured, &code)
    }

    /// Emits the rarely run code of the machines whose code has just been emitted.
    func emitDetours(_ count: Int, _ code: inout Assembler) {
        for detour in UnsafeBufferPointer(start: detours, count: count) {
            code.landFar(detour.jump)
            switch detour.kind {
            case .keepRegisters: keepRegisters(RegisterMap.Machine(detour.machine), &code)
            case .finish: finishMachine(detour.machine, &code)
            }
            code.jump(to: detour.jump)
        }
    }

    /// Emits what follows an iteration and depends on the phase.
    private func finishTurn(
        _ number: Int, _ end: IterationSchedule.End, phase: Int, _ run: borrowing Run, _ detoured: inout Int,
        _ code: inout Assembler
    ) {
        if run.schedule.phases > 1 {
            if case .memory = run.dataset { prefetch(number, end, run, &code) }
            if end.phase != phase { code.mov32(RegisterMap.phase, UInt32(truncatingIfNeeded: end.phase)) }
        }
        if end.next != number {
            let jump = putAway(RegisterMap.Machine(number), &code)
            detours[detoured] = Detour(jump: jump, kind: .keepRegisters, machine: number)
            detoured += 1
            if run.hasCopies { noteResume(number, run, &code) }
        }
        if end.isLast, !end.endsPeriod {
            code.cmp32(RegisterMap.periods, 1)
            detours[detoured] = Detour(jump: code.jumpFarAhead(.zero), kind: .finish, machine: number)
            detoured += 1
        }
        passTurn(number, to: end.next, run, &code)
        let target = end.next == number ? entries[number].begin : entries[end.next].resume
        if end.endsPeriod {
            code.sub32(RegisterMap.periods, 1)
            if run.computesTogether {
                let done = code.jumpFarAhead(.zero)
                computeItems(run, &code)
                code.jump(to: target)
                code.landFar(done)
            } else {
                code.jumpBack(.notZero, to: target)
            }
            finishMachine(number, &code)
            epilogue(run, &code)
        } else if end.next != number, run.hasCopies {
            code.jump(RegisterMap.Machine(end.next).resume)
        } else if end.next <= number {
            code.jump(to: target)
        }
    }

    private func instructions(
        _ program: UnsafePointer<nj_rx_program>, _ block: inout Block, _ code: inout Assembler
    ) {
        precondition(Int(program.pointee.count) <= capacity)
        guard let instructions = program.pointee.instructions else { return }
        for index in 0..<Int(program.pointee.count) {
            offsets[index] = Int32(truncatingIfNeeded: code.count)
            emit(instructions + index, &block, &code)
        }
    }

    /// The offsets at which a machine's code begins: after it has waited, and when it continues.
    struct MachineOffsets {
        var resume = 0
        var begin = 0
        /// Where there are copies: the first one's offset, and its size.
        var start = 0
        var size = 0
    }

    /// A machine's code while it is emitted.
    struct Block {
        let machine: RegisterMap.Machine
        /// Its offset.
        let start: Int
        /// The rounding mode of its arithmetic; `nil` when MXCSR has it.
        let mode: UInt8?
        /// The number of entries in ``roundings``.
        var rounded = 0
    }

    /// Rarely run code after the loop. It jumps back to where it came from.
    private struct Detour {
        enum Kind { case keepRegisters, finish }
        let jump: Int
        let kind: Kind
        let machine: Int
    }
}

extension nj_rx_program {
    /// Whether an instruction can change the rounding mode.
    var changesRounding: Bool {
        UnsafeBufferPointer(start: instructions, count: instructions == nil ? 0 : Int(count))
            .contains { $0.opcode == NJ_RX_CFROUND }
    }
}
