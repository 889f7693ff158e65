import CHashing

/// A program that is being written. A model of a processor decides which random instructions are kept.
///
/// The model has three ALUs; only the first one multiplies. An instruction starts when its operands are ready and an
/// ALU is free. It occupies the ALU for one cycle, or for two cycles for `add`, which is two additions. Every program
/// must take 45 cycles on the model, so that special hardware gains little.
struct RandomMathDraft {
    typealias Opcode = RandomMath.Opcode

    /// The cycles that a program must take: 15 multiplications one after the other.
    static let totalLatency = 45
    static let aluCount = 3

    private(set) var instructions: [RandomMath.Instruction] = []
    private(set) var usesRegister8 = false

    /// The cycle in which each register's value is ready.
    private var latency = [Int](repeating: 0, count: 9)
    /// The same for a chip with any number of ALUs, and one cycle for everything but multiplication.
    private var hardwareLatency = [Int](repeating: 0, count: 9)
    /// For each cycle, which ALUs start an instruction.
    private var busy = [[Bool]](repeating: [Bool](repeating: false, count: aluCount), count: totalLatency + 1)
    /// Whether a register was last written by a rotation.
    private var rotated = [Bool](repeating: false, count: 4)
    private var rotations = 0
    private var values = (0..<9).map { $0 < 4 ? Value(name: UInt8($0)) : .constant }

    /// What a register holds: enough to see that two instructions in a row could be one.
    private struct Value {
        /// The value's name: the number of the instruction that made it. All read-only registers share one name.
        var name: UInt8
        /// The opcode that made it and the name of that instruction's source value. Registers that no instruction
        /// changed have an origin that no instruction equals.
        var origin: (opcode: UInt8, source: UInt8)?

        static let constant = Value(name: 0xFF)
    }

    /// Draws instructions until all four registers take 45 cycles or the program is full.
    mutating func fill(from random: inout RandomMathBytes) {
        var rejected = 0
        var drawn = 0
        while latency[0..<4].contains(where: { $0 < Self.totalLatency }), rejected < 64, drawn < 256 {
            drawn += 1
            let choice = random.byte()
            let opcode = Self.opcode(choice & 7, &random)
            let dst = Int(choice >> 3 & 3)
            var src = Int(choice >> 5)
            if src == dst, opcode == .add || opcode == .sub || opcode == .xor { src = 8 }

            if opcode.isRotation, rotated[dst] { continue }
            if opcode != .mul, let origin = values[dst].origin,
                origin == (opcode.rawValue, values[src].name)
            {
                continue
            }

            let slot = freeSlot(opcode, from: max(latency[dst], latency[src]))
            // A register must not stay unchanged for more than seven cycles.
            if slot.cycle > latency[dst] + 7 { continue }
            let ready = slot.cycle + opcode.latency
            guard ready <= Self.totalLatency, let alu = slot.alu else {
                rejected += 1
                continue
            }

            if opcode.isRotation { rotations += 1 }
            busy[slot.cycle][alu] = true
            if opcode == .add { busy[slot.cycle + 1][alu] = true }
            latency[dst] = ready
            hardwareLatency[dst] = max(hardwareLatency[dst], hardwareLatency[src]) + opcode.hardwareLatency
            rotated[dst] = opcode.isRotation
            values[dst] = Value(
                name: UInt8(instructions.count), origin: (opcode.rawValue, values[src].name))
            if src == 8 { usesRegister8 = true }
            append(opcode, dst, src, constant: opcode == .add ? random.word() : 0)
            if instructions.count >= RandomMath.minimumCount { break }
        }
    }

    /// Special hardware would still be faster. So this appends instructions until one of the four registers takes 45
    /// cycles there, too. Each instruction changes the register that is ready first and reads the one that is ready
    /// last.
    mutating func lengthenForHardware() {
        let pattern: [Opcode] = [.ror, .mul, .mul]
        var appended = 0
        while instructions.count < RandomMath.maximumCount,
            hardwareLatency[0..<4].allSatisfy({ $0 < Self.totalLatency })
        {
            var first = 0
            var last = 0
            for i in 1..<4 {
                if hardwareLatency[i] < hardwareLatency[first] { first = i }
                if hardwareLatency[i] > hardwareLatency[last] { last = i }
            }
            let opcode = pattern[appended % 3]
            hardwareLatency[first] = hardwareLatency[last] + opcode.hardwareLatency
            append(opcode, first, last, constant: 0)
            appended += 1
        }
    }

    private mutating func append(_ opcode: Opcode, _ dst: Int, _ src: Int, constant: UInt32) {
        instructions.append(RandomMath.Instruction(opcode: opcode, dst: dst, src: src, constant: constant))
    }

    /// 0 to 2 multiply, 3 adds, 4 subtracts, 5 rotates in a direction that another byte's sign gives, 6 and 7 XOR.
    private static func opcode(_ bits: UInt8, _ random: inout RandomMathBytes) -> Opcode {
        switch bits {
        case 0...2: .mul
        case 3: .add
        case 4: .sub
        case 5: random.byte() < 0x80 ? .ror : .rol
        default: .xor
        }
    }

    /// The first cycle from `earliest` on in which an ALU can start `opcode`; the ALU is `nil` when none is free in
    /// time.
    private func freeSlot(_ opcode: Opcode, from earliest: Int) -> (cycle: Int, alu: Int?) {
        var cycle = earliest
        while cycle < Self.totalLatency {
            for alu in stride(from: opcode == .mul ? 0 : Self.aluCount - 1, through: 0, by: -1) {
                if busy[cycle][alu] { continue }
                if opcode == .add, busy[cycle + 1][alu] { continue }
                // Rotations wait for each other.
                if opcode.isRotation, cycle < rotations * opcode.latency { continue }
                return (cycle, alu)
            }
            cycle += 1
        }
        return (cycle, nil)
    }
}
