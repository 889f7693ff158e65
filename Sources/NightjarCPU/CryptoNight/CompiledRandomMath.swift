import CHashing
import NightjarAlgorithms
import NightjarCore

/// CryptoNight-R's random program as machine code, made anew for each height. Belongs to one thread, with its hasher.
///
/// The code is a function of its own convention, called once a turn for each hash: see `compiled` of
/// `nj_random_math_program`. Registers:
///
///     eax edx esi r8d   r0 … r3
///     ecx               what a rotation turns by
///     rdi               the nine registers in memory, of which r4 … r8 are read there
package final class CompiledRandomMath: RandomMathCompiler {
    /// Always there but while a program is replaced.
    private var code: ExecutableCode?

    /// - Throws: when the system allows no executable memory, or the processor is one that no code is made for. Then the
    ///   interpreter runs.
    package init() throws(ExecutableMemoryError) {
        #if !arch(x86_64)
        throw ExecutableMemoryError(reason: "CryptoNight-R is compiled for x86-64 only")
        #else
        code = try WritableCode(size: Self.worstSize).executable()
        #endif
    }

    /// What compiles CryptoNight-R's programs, unless plain code is asked for or the system refuses, and how they are run,
    /// in words; nothing for other variants.
    static func orWhyNot(
        _ parameters: CryptoNightParameters, _ implementation: Implementation
    ) -> (CompiledRandomMath?, String?) {
        guard parameters.base == .r else { return (nil, nil) }
        guard implementation == .native else { return (nil, "programs are interpreted, as asked") }
        do throws(ExecutableMemoryError) {
            return (try CompiledRandomMath(), "programs are compiled")
        } catch {
            return (nil, "programs are interpreted: \(error.reason)")
        }
    }

    package func compile(_ program: RandomMath) -> UnsafeRawPointer? {
        guard let executable = code.take() else { return nil }
        let writable = executable.writable()
        Self.emit(program, into: writable)
        code = writable.executable()
        // It was written through another mapping than it runs from.
        nj_synchronise_code()
        return start
    }

    private var start: UnsafeRawPointer? { code?.start }

    /// Bytes that the longest program takes: ten at most for an instruction (a constant added to a register that is not
    /// one of the first eight, from memory), four for each load and store, a return.
    package static let worstSize = RandomMath.maximumCount * 11 + 8 * 4 + 1 + Assembler.slack

    /// - Returns: bytes of code.
    @discardableResult
    package static func emit(_ program: RandomMath, into code: borrowing WritableCode) -> Int {
        var assembler = Assembler(code.start)
        for i in 0..<4 { assembler.mov32(register(i), memory(i)) }
        for instruction in program.instructions { emit(instruction, into: &assembler) }
        for i in 0..<4 { assembler.mov32(memory(i), register(i)) }
        assembler.ret()
        precondition(assembler.count + Assembler.slack <= code.size, "the program is longer than any can be")
        return assembler.count
    }

    private static func emit(_ instruction: RandomMath.Instruction, into assembler: inout Assembler) {
        let dst = register(instruction.dst)
        let isRegister = instruction.src < 4
        let (src, address) = (register(instruction.src & 3), memory(instruction.src))
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

    private static func register(_ number: Int) -> Register {
        switch number {
        case 0: .rax
        case 1: .rdx
        case 2: .rsi
        default: .r8
        }
    }

    private static func memory(_ number: Int) -> Address { Address(.rdi, Int32(4 * number)) }
}
