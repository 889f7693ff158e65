import CHashing

/// CryptoNight-R's random program for a block height: 60 to 70 instructions on 32-bit registers, run once in each turn
/// of the main loop.
///
/// Registers 0 to 3 are the program's own and live on between turns; 4 to 8 are loaded before each run and only read.
/// Specified by Monero's `src/crypto/variant4_random_math.h`.
package struct RandomMath: Sendable, Hashable {
    package enum Opcode: UInt8, Sendable, Hashable, CaseIterable {
        /// dst = dst × src.
        case mul
        /// dst = dst + src + constant.
        case add
        /// dst = dst − src.
        case sub
        /// dst rotated right by src mod 32 bits.
        case ror
        /// dst rotated left by src mod 32 bits.
        case rol
        /// dst = dst ⊕ src.
        case xor
    }

    package struct Instruction: Sendable, Hashable {
        package let opcode: Opcode
        /// The register that is changed, 0 to 3.
        package let dst: Int
        /// The register that is read, 0 to 8.
        package let src: Int
        /// Added by ``Opcode/add``; 0 for all others.
        package let constant: UInt32

        package init(opcode: Opcode, dst: Int, src: Int, constant: UInt32) {
            self.opcode = opcode
            self.dst = dst
            self.src = src
            self.constant = constant
        }
    }

    /// The most instructions that a program has.
    package static let maximumCount = 70
    /// The fewest.
    static let minimumCount = 60

    package let instructions: [Instruction]

    /// A program that no height has, for tests.
    package init(instructions: [Instruction]) {
        precondition(instructions.count <= Self.maximumCount)
        self.instructions = instructions
    }

    /// The program of that height, the same for every hash of a block.
    package init(height: UInt64) {
        var random = RandomBytes(height: height)
        var draft: Draft
        // About one attempt in fifty leaves register 8 unused; the next goes on with the same stream of bytes.
        repeat {
            draft = Draft()
            draft.fill(from: &random)
            draft.lengthenForHardware()
        } while !draft.usesRegister8 || !(Self.minimumCount...Self.maximumCount).contains(draft.instructions.count)
        instructions = draft.instructions
    }
}

/// The endless bytes that a program is drawn from: BLAKE-256 of BLAKE-256 of … of the height.
private struct RandomBytes {
    private var data = [UInt8](repeating: 0, count: 32)
    private var next = 32

    init(height: UInt64) {
        for i in 0..<8 { data[i] = UInt8(truncatingIfNeeded: height >> UInt64(8 * i)) }
        data[20] = 0xDA  // tells these programs from those of the first draft of CryptoNight-R
    }

    /// `count` bytes in a row; they never straddle two digests, the rest of the older one is dropped instead.
    private mutating func reserve(_ count: Int) {
        guard next + count > data.count else { return }
        var digest = [UInt8](repeating: 0, count: 32)
        nj_blake256(data, data.count, &digest)
        data = digest
        next = 0
    }

    mutating func byte() -> UInt8 {
        reserve(1)
        defer { next += 1 }
        return data[next]
    }

    mutating func word() -> UInt32 {
        reserve(4)
        defer { next += 4 }
        return (0..<4).reduce(0) { $0 | UInt32(data[next + $1]) << UInt32(8 * $1) }
    }
}

/// A program being written, with the model of a processor that decides which drawn instructions are kept.
///
/// The model: three ALUs, the first of which alone multiplies; an instruction starts when its operands are ready and an
/// ALU is free, and occupies it for one cycle (`add`, being two additions, for two). Every program shall take 45 cycles
/// on it, so that hardware made for the purpose gains little.
private struct Draft {
    typealias Opcode = RandomMath.Opcode

    /// Cycles that a program shall take: 15 multiplications one after the other.
    static let totalLatency = 45
    static let aluCount = 3

    private(set) var instructions: [RandomMath.Instruction] = []
    private(set) var usesRegister8 = false

    /// The cycle in which each register's value is ready.
    private var latency = [Int](repeating: 0, count: 9)
    /// The same for a chip with as many ALUs as it wants, and one cycle for all but multiplication.
    private var hardwareLatency = [Int](repeating: 0, count: 9)
    /// Which ALUs start something, for each cycle.
    private var busy = [[Bool]](repeating: [Bool](repeating: false, count: aluCount), count: totalLatency + 1)
    /// Whether a register was last written by a rotation.
    private var rotated = [Bool](repeating: false, count: 4)
    private var rotations = 0
    private var values = (0..<9).map { $0 < 4 ? Value(name: UInt8($0)) : .constant }

    /// What a register holds, as far as is needed to see that two instructions in a row could be one.
    private struct Value {
        /// Which value it is: the number of the instruction that made it. All the read-only registers count as one.
        var name: UInt8
        /// The opcode that made it and the name of that instruction's source value. Untouched registers have none that
        /// an instruction could equal.
        var origin: (opcode: UInt8, source: UInt8)?

        static let constant = Value(name: 0xFF)
    }

    /// Draws instructions until all four registers take 45 cycles or the program is full.
    mutating func fill(from random: inout RandomBytes) {
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
            // No register may rest for more than seven cycles.
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

    /// A chip made for it would still be faster: appends instructions, on the register that is ready first and reading
    /// the one that is ready last, until one of the four takes 45 cycles there too.
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

    /// 0 to 2 multiply, 3 adds, 4 subtracts, 5 rotates in the direction of another byte's sign, 6 and 7 XOR.
    private static func opcode(_ bits: UInt8, _ random: inout RandomBytes) -> Opcode {
        switch bits {
        case 0...2: .mul
        case 3: .add
        case 4: .sub
        case 5: random.byte() < 0x80 ? .ror : .rol
        default: .xor
        }
    }

    /// The first cycle, not before `earliest`, in which an ALU can start `opcode`; no ALU when there is none in time.
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

extension RandomMath.Opcode {
    fileprivate var isRotation: Bool { self == .ror || self == .rol }

    /// Cycles on the model processor.
    fileprivate var latency: Int {
        switch self {
        case .mul: 3
        case .add, .ror, .rol: 2
        case .sub, .xor: 1
        }
    }

    /// Cycles on a chip made for it.
    fileprivate var hardwareLatency: Int { self == .mul ? 3 : 1 }
}
