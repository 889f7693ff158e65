import NightjarCore

/// Makes superscalar programs by simulating the reference CPU's decoder and ports (`doc/specs.md` 6.3).
///
/// The specification leaves open some orders that decide which random numbers are drawn. All implementations must
/// follow the reference implementation there.
package struct SuperscalarGenerator {
    /// A program from the next numbers of `random`.
    package static func program(_ parameters: RandomXParameters, random: inout BlakeGenerator) -> SuperscalarProgram {
        var generator = SuperscalarGenerator(latency: parameters.superscalarLatency)
        generator.run(&random)
        return SuperscalarProgram(instructions: generator.program)
    }

    /// Slot sizes in bytes: Table 6.3.1.
    private static let groups = [[4, 8, 4], [7, 3, 3, 3], [3, 7, 3, 3], [4, 9, 3], [4, 4, 4, 4], [3, 3, 10]]
    /// The group whose slots are filled with multiplications.
    private static let multiplicationGroup = 4
    /// The group that can follow a wide multiplication.
    private static let wideGroup = 5
    /// The cycles to wait for a register before another instruction is tried.
    private static let mostWaitCycles = 4
    /// After this many thrown-away instructions in a row, the rest of the decoder group is thrown away.
    private static let maximumThrownAway = 256

    private let latency: Int
    private let maximumSize: Int
    private var program: [SuperscalarInstruction] = []
    /// Busy ports by cycle.
    private var busy: [Ports]
    private var registers = [Register](repeating: Register(), count: 8)

    private init(latency: Int) {
        self.latency = latency
        maximumSize = 3 * latency + 2
        busy = Array(repeating: [], count: latency + 4)
    }

    // MARK: The simulation

    private mutating func run(_ random: inout BlakeGenerator) {
        var current: InstructionDraft?
        var opIndex = 0
        var cycle = 0
        var dependency = 0
        var multiplications = 0
        var thrownAway = 0
        var isSaturated = false

        for decodeCycle in 0..<latency {
            if isSaturated || program.count >= maximumSize { break }
            let group = Self.nextGroup(
                after: current?.opcode, starved: multiplications <= decodeCycle, random: &random)
            let slots = Self.groups[group]
            var slot = 0
            while slot < slots.count {
                let topCycle = cycle
                var draft: InstructionDraft
                if let unfinished = current, opIndex < unfinished.macroOps.count {
                    draft = unfinished
                } else {
                    if isSaturated || program.count >= maximumSize { break }
                    draft = InstructionDraft(
                        slot: slots[slot], isLast: slot == slots.count - 1,
                        multiplies: group == Self.multiplicationGroup, random: &random)
                    opIndex = 0
                    current = draft
                }
                let op = draft.macroOps[opIndex]
                guard var schedule = place(op, at: cycle, after: dependency, commit: false) else {
                    isSaturated = true
                    break
                }

                // Waiting for a register advances the clock, even for an instruction that is then thrown away.
                var found = true
                if opIndex == draft.opcode.sourceOp {
                    found = wait(&cycle, &schedule) { chooseSource(&draft, at: $0, random: &random) }
                }
                if found && opIndex == draft.opcode.destinationOp {
                    found = wait(&cycle, &schedule) {
                        chooseDestination(&draft, at: $0, allowChain: thrownAway > 0, random: &random)
                    }
                }
                current = draft
                guard found else {
                    if thrownAway < Self.maximumThrownAway {
                        thrownAway += 1
                        opIndex = draft.macroOps.count
                        continue
                    }
                    current = nil
                    break
                }
                thrownAway = 0

                guard let committed = place(op, at: schedule, after: schedule, commit: true) else {
                    isSaturated = true
                    break
                }
                dependency = committed + op.latency
                if opIndex == draft.opcode.resultOp {
                    registers[draft.dst] = Register(
                        ready: dependency, group: draft.opcode.group, operand: draft.operand)
                }
                slot += 1
                opIndex += 1
                if committed >= latency { isSaturated = true }
                cycle = topCycle
                if opIndex >= draft.macroOps.count {
                    program.append(draft.instruction)
                    if draft.opcode.isMultiplication { multiplications += 1 }
                }
            }
            cycle += 1
        }
    }

    /// The next decoder group (6.3.1).
    ///
    /// - Parameter starved: whether there were fewer multiplications than decode cycles so far, including this cycle.
    private static func nextGroup(
        after opcode: SuperscalarInstruction.Opcode?, starved: Bool, random: inout BlakeGenerator
    ) -> Int {
        if opcode == .imulhR || opcode == .ismulhR { return wideGroup }
        if starved { return multiplicationGroup }
        if opcode == .imulRcp { return random.byte() & 1 == 1 ? 0 : 3 }
        return Int(random.byte() & 3)
    }

    /// The first cycle from `cycle` on in which all micro-ops of `op` find a port; `nil` when there is none in time.
    private mutating func place(_ op: MacroOp, at cycle: Int, after dependency: Int, commit: Bool) -> Int? {
        var at = op.isDependent ? max(cycle, dependency) : cycle
        if op.microOps.isEmpty { return at }
        search: while at < busy.count {
            var taken = busy[at]
            for ports in op.microOps {
                guard let free = Ports.preference.first(where: { ports.contains($0) && !taken.contains($0) }) else {
                    at += 1
                    continue search
                }
                taken.insert(free)
            }
            if commit { busy[at] = taken }
            return at
        }
        return nil
    }

    /// Tries `choose` in up to ``mostWaitCycles`` cycles, and advances both clocks.
    private func wait(_ cycle: inout Int, _ schedule: inout Int, choose: (Int) -> Bool) -> Bool {
        for _ in 0..<Self.mostWaitCycles {
            if choose(schedule) { return true }
            schedule += 1
            cycle += 1
        }
        return false
    }

    // MARK: Operands (6.3.4)

    /// What the generator knows about a register.
    private struct Register {
        /// The cycle in which the last result is ready.
        var ready = 0
        var group: SuperscalarInstruction.Opcode?
        var operand: Int64 = InstructionDraft.constant
    }

    /// x86's `lea` cannot have the register that stands for r5 as its base without a displacement.
    private static let displaced = 5

    private func chooseSource(_ draft: inout InstructionDraft, at cycle: Int, random: inout BlakeGenerator) -> Bool {
        let ready = (0..<8).filter { registers[$0].ready <= cycle }
        // Of two registers for IADD_RS, r5 must be the source, because it cannot be the destination.
        if ready.count == 2 && draft.opcode == .iaddRS && ready.contains(Self.displaced) {
            draft.take(source: Self.displaced)
            return true
        }
        guard let chosen = Self.choose(ready, &random) else { return false }
        draft.take(source: chosen)
        return true
    }

    private func chooseDestination(
        _ draft: inout InstructionDraft, at cycle: Int, allowChain: Bool, random: inout BlakeGenerator
    ) -> Bool {
        let group = draft.opcode.group
        let fit = (0..<8).filter { index in
            let register = registers[index]
            return register.ready <= cycle
                && (draft.mayReuseSource || index != draft.src)
                && (allowChain || group != .imulR || register.group != .imulR)
                && (register.group != group || register.operand != draft.operand)
                && (draft.opcode != .iaddRS || index != Self.displaced)
        }
        guard let chosen = Self.choose(fit, &random) else { return false }
        draft.dst = chosen
        return true
    }

    /// One of the registers. It draws a random number only when there is a choice.
    private static func choose(_ registers: [Int], _ random: inout BlakeGenerator) -> Int? {
        if registers.count < 2 { return registers.first }
        return registers[Int(random.word() % UInt32(registers.count))]
    }

    // MARK: Instructions (6.3.2)

    /// An instruction whose registers are not all chosen yet.
    private struct InstructionDraft {
        /// Stands for "no register" as the last operand of a register.
        static let constant: Int64 = -1

        let opcode: SuperscalarInstruction.Opcode
        let macroOps: [MacroOp]
        private var mod: UInt8 = 0
        private var imm32: UInt32 = 0
        private(set) var src: Int?
        var dst = 0
        /// When the group is the same, this must differ from the register's last operand.
        private(set) var operand = InstructionDraft.constant

        init(slot: Int, isLast: Bool, multiplies: Bool, random: inout BlakeGenerator) {
            opcode = Self.opcode(slot: slot, isLast: isLast, multiplies: multiplies, random: &random)
            macroOps = opcode.macroOps
            switch opcode {
            case .isubR, .ixorR, .imulR: break
            case .iaddRS: mod = random.byte()
            case .irorC: repeat { imm32 = UInt32(random.byte() & 63) } while imm32 == 0
            case .iaddC7, .ixorC7, .iaddC8, .ixorC8, .iaddC9, .ixorC9: imm32 = random.word()
            // A random operand, read as a signed number: wide multiplications then almost never count as repeated.
            case .imulhR, .ismulhR: operand = Int64(Int32(bitPattern: random.word()))
            case .imulRcp: repeat { imm32 = random.word() } while imm32.nonzeroBitCount <= 1
            }
        }

        /// Table 6.3.2.
        private static func opcode(
            slot: Int, isLast: Bool, multiplies: Bool, random: inout BlakeGenerator
        ) -> SuperscalarInstruction.Opcode {
            func pick(_ choices: SuperscalarInstruction.Opcode...) -> SuperscalarInstruction.Opcode {
                choices[Int(random.byte()) & (choices.count - 1)]
            }
            switch slot {
            case 3: return isLast ? pick(.isubR, .ixorR, .imulhR, .ismulhR) : pick(.isubR, .ixorR)
            case 4: return multiplies && !isLast ? .imulR : pick(.irorC, .iaddRS)
            case 7: return pick(.ixorC7, .iaddC7)
            case 8: return pick(.ixorC8, .iaddC8)
            case 9: return pick(.ixorC9, .iaddC9)
            default: return .imulRcp
            }
        }

        /// Wide multiplications may square a register.
        var mayReuseSource: Bool { opcode == .imulhR || opcode == .ismulhR }

        mutating func take(source: Int) {
            src = source
            if !mayReuseSource { operand = Int64(source) }
        }

        var instruction: SuperscalarInstruction {
            SuperscalarInstruction(
                opcode: opcode, dst: UInt8(dst), src: UInt8(src ?? dst), mod: mod, imm32: imm32)
        }
    }
}
