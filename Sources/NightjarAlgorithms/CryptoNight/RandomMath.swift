import CHashing

/// CryptoNight-R's random program for a block height: 60 to 70 instructions on 32-bit registers. It runs once in each
/// turn of the main loop.
///
/// Registers 0 to 3 belong to the program and keep their values between turns. Registers 4 to 8 are loaded before each
/// run and only read. Specified by Monero's `src/crypto/variant4_random_math.h`.
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
        /// The register that the instruction changes, 0 to 3.
        package let dst: Int
        /// The register that it reads, 0 to 8.
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
    /// The fewest instructions that a program has.
    static let minimumCount = 60

    package let instructions: [Instruction]

    /// Any program, for tests.
    package init(instructions: [Instruction]) {
        precondition(instructions.count <= Self.maximumCount)
        self.instructions = instructions
    }

    /// The program of a height. All hashes of one block use the same program.
    package init(height: UInt64) {
        var random = RandomMathBytes(height: height)
        var draft: RandomMathDraft
        // About one attempt in fifty leaves register 8 unused. The next attempt continues with the same stream of
        // bytes.
        repeat {
            draft = RandomMathDraft()
            draft.fill(from: &random)
            draft.lengthenForHardware()
        } while !draft.usesRegister8 || !(Self.minimumCount...Self.maximumCount).contains(draft.instructions.count)
        instructions = draft.instructions
    }
}

extension RandomMath.Opcode {
    var isRotation: Bool { self == .ror || self == .rol }

    /// Cycles on the model processor.
    var latency: Int {
        switch self {
        case .mul: 3
        case .add, .ror, .rol: 2
        case .sub, .xor: 1
        }
    }

    /// Cycles on special hardware.
    var hardwareLatency: Int { self == .mul ? 3 : 1 }
}
