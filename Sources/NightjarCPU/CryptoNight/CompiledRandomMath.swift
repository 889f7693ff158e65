import CHashing
import NightjarAlgorithms
import NightjarCore

/// CryptoNight-R's random program as machine code, compiled again for each height. It belongs to its hasher's thread.
///
/// There is code for each number of hashes. It is a function with its own calling convention, called once a turn: see
/// `compiled` of `nj_random_math_program`. Registers:
///
///     eax edx esi r8d      r0 … r3 of the first hash
///     r9d r10d r11d ebx    r0 … r3 of the second
///     ecx                  what a rotation turns by
///     r12                  a temporary at the start and the end
///     rdi                  the hashes' memory, which holds r4 … r8
package final class CompiledRandomMath: RandomMathCompiler {
    /// `nil` only while a program is replaced.
    private var code: ExecutableCode?

    /// - Throws: when the system allows no executable memory, or when there is no code for the processor. Then the
    ///   interpreter runs.
    package init() throws(ExecutableMemoryError) {
        #if !arch(x86_64)
        throw ExecutableMemoryError(reason: "CryptoNight-R is compiled for x86-64 only")
        #else
        precondition(Self.registers.count == Self.sideBySide)
        code = try WritableCode(size: Self.worstSize).executable()
        #endif
    }

    /// The compiler for CryptoNight-R's programs, and a sentence about how programs run. The compiler is `nil` for
    /// portable code and when the system refuses; both are `nil` for other variants.
    static func orWhyNot(
        _ parameters: CryptoNightParameters, _ implementation: Implementation, compiles: Bool
    ) -> (CompiledRandomMath?, String?) {
        guard parameters.base == .r else { return (nil, nil) }
        guard implementation == .native, compiles else { return (nil, "programs are interpreted, as asked") }
        do throws(ExecutableMemoryError) {
            return (try CompiledRandomMath(), "programs are compiled")
        } catch {
            return (nil, "programs are interpreted: \(error.reason)")
        }
    }

    package func compile(_ program: RandomMath) -> [UnsafeRawPointer] {
        guard let executable = code.take() else { return [] }
        let writable = executable.writable()
        for count in 1...Self.sideBySide { Self.emit(program, count: count, into: writable, at: Self.offset(count)) }
        code = writable.executable()
        // The code was written through another mapping than the one it runs from.
        nj_synchronise_code()
        guard let start = code?.start else { return [] }
        return (1...Self.sideBySide).map { start + Self.offset($0) }
    }

    /// The most hashes that a program runs for at once.
    package static let sideBySide = Int(NJ_RANDOM_MATH_SIDE_BY_SIDE)

    /// The most bytes of a program for one hash: at most ten for an instruction (a rotation by a register in memory, or
    /// the addition of a constant), plus the start, the end and a return.
    private static let worstOfOne = RandomMath.maximumCount * 11 + 80

    /// The bytes for all numbers of hashes.
    package static let worstSize = offset(sideBySide + 1) + Assembler.slack

    /// The offset of the code for `count` hashes.
    private static func offset(_ count: Int) -> Int { count * (count - 1) / 2 * ((worstOfOne + 63) / 64 * 64) }

    /// - Parameters:
    ///   - count: how many hashes it runs for, 1 or 2.
    ///   - offset: where in `code` to write.
    /// - Returns: the bytes of code written.
    @discardableResult
    package static func emit(
        _ program: RandomMath, count: Int, into code: borrowing WritableCode, at offset: Int
    ) -> Int {
        var assembler = Assembler(code.start + offset)
        for hash in 0..<count {
            for i in 0..<4 { assembler.mov32(register(hash, i), memory(hash, i)) }
            // The sums, the second in the high half.
            assembler.lea32(.rcx, Address(register(hash, 2), index: register(hash, 3)))
            assembler.lea32(.r12, Address(register(hash, 0), index: register(hash, 1)))
            assembler.shl(.rcx, 32)
            assembler.arithmetic(.add, .rcx, .r12)
            assembler.mov(address(hash, \.sums), .rcx)
        }
        for instruction in program.instructions {
            for hash in 0..<count { emit(instruction, hash, into: &assembler) }
        }
        for hash in 0..<count {
            // Store pairs, because they are read in pairs: the processor cannot forward two short stores to one longer
            // load.
            for i in [0, 2] {
                let (low, high) = (register(hash, i), register(hash, i + 1))
                assembler.shl(high, 32)
                assembler.arithmetic(.add, high, low)
                assembler.mov(memory(hash, i), high)
            }
        }
        assembler.ret()
        precondition(assembler.count + Assembler.slack <= code.size - offset, "the program is longer than any can be")
        return assembler.count
    }

    private static func emit(_ instruction: RandomMath.Instruction, _ hash: Int, into assembler: inout Assembler) {
        let dst = register(hash, instruction.dst)
        let isRegister = instruction.src < 4
        let (src, address) = (register(hash, instruction.src & 3), memory(hash, instruction.src))
        switch instruction.opcode {
        case .mul:
            if isRegister { assembler.imul32(dst, src) } else { assembler.imul32(dst, address) }
        case .add:
            let constant = Int32(bitPattern: instruction.constant)
            if isRegister {
                assembler.lea32(dst, Address(dst, index: src, constant))
            } else {
                assembler.arithmetic32(.add, dst, address)
                assembler.arithmetic32(.add, dst, constant)
            }
        case .sub, .xor:
            let operation: Assembler.Arithmetic = instruction.opcode == .sub ? .sub : .xor
            if isRegister {
                assembler.arithmetic32(operation, dst, src)
            } else {
                assembler.arithmetic32(operation, dst, address)
            }
        case .ror, .rol:
            if isRegister { assembler.mov32(.rcx, src) } else { assembler.mov32(.rcx, address) }
            if instruction.opcode == .ror { assembler.ror32ByCL(dst) } else { assembler.rol32ByCL(dst) }
        }
    }

    private static func register(_ hash: Int, _ number: Int) -> Register { registers[hash][number] }

    private static let registers: [[Register]] = [[.rax, .rdx, .rsi, .r8], [.r9, .r10, .r11, .rbx]]

    private static func memory(_ hash: Int, _ number: Int) -> Address {
        switch number {
        case 0..<4: address(hash, \.r, 4 * number)
        case 4: address(hash, \.a)
        case 5: address(hash, \.a, 8)
        case 6: address(hash, \.b)
        case 7: address(hash, \.older_b)
        default: address(hash, \.older_b, 8)
        }
    }

    private static func address(_ hash: Int, _ field: PartialKeyPath<nj_random_math_hash>, _ offset: Int = 0) -> Address
    {
        guard let start = MemoryLayout<nj_random_math_hash>.offset(of: field) else {
            preconditionFailure("a C structure's fields have offsets")
        }
        return Address(.rdi, Int32(hash * MemoryLayout<nj_random_math_hash>.stride + start + offset))
    }
}
