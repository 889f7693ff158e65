import NightjarAlgorithms
import NightjarCore

/// Turns a seed's superscalar programs into code that computes a dataset item (`doc/specs.md` 7.3). ``RegisterMap``
/// lists registers and stack.
package enum SuperscalarEmitter {
    /// The bytes of the longest code for one instruction: IMUL_RCP's constant (10) and multiplication (4).
    package static let worstInstruction = 14
    /// The most bytes around a program's instructions. The tests measure it.
    package static let worstProgram = 64
    /// The most bytes of everything else.
    package static let worstFrame = 384

    /// The offsets of the two entries.
    package struct Entries: Sendable {
        /// Computes item number rcx into r8 … r15. See ``RegisterMap`` for the registers that it changes.
        package let item: Int
        /// The C function `(cache, output, first, end)` that writes items.
        package let items: Int
        /// Bytes of code.
        package let size: Int
    }

    /// The bytes that are enough for these programs.
    package static func worstSize(_ programs: [SuperscalarProgram]) -> Int {
        let instructions = programs.reduce(0) { $0 + $1.instructions.count }
        return worstFrame + programs.count * worstProgram + instructions * worstInstruction + Assembler.slack
    }

    /// Writes the code of `programs` into `code`, which has room for ``worstSize(_:)``.
    ///
    /// - Parameter cacheSize: bytes of the cache, a power of two.
    package static func emit(
        _ programs: [SuperscalarProgram], cacheSize: Int, into code: borrowing WritableCode
    ) -> Entries {
        // The processor sign-extends the mask of line addresses.
        precondition(cacheSize.nonzeroBitCount == 1 && cacheSize <= 1 << 31)
        let worst = worstSize(programs)
        precondition(code.size >= worst)
        var code = Assembler(code.start)
        let lines = Int32(truncatingIfNeeded: cacheSize - 64)
        item(programs, lines, &code)
        code.align(32)
        let items = code.count
        self.items(&code)
        precondition(code.count <= worst - Assembler.slack, "a dataset item's code is longer than the worst one")
        return Entries(item: 0, items: items, size: code.count)
    }

    /// The constants of 7.3: r0 is a step of a linear generator, and each other register is r0 XOR one of these.
    static let multiplier: UInt64 = 6_364_136_223_846_793_005
    static let initial: [UInt64] = [
        9_298_411_001_130_361_340, 12_065_312_585_734_608_966, 9_306_329_213_124_626_780, 5_281_919_268_842_080_866,
        10_536_153_434_571_861_004, 3_398_623_926_847_679_864, 9_549_104_520_008_361_294,
    ]

    private static func item(_ programs: [SuperscalarProgram], _ lines: Int32, _ code: inout Assembler) {
        start(&code)
        line(lines, &code)
        for (index, program) in programs.enumerated() {
            run(program, &code)
            mix(&code)
            if index + 1 < programs.count {
                code.mov(.rcx, RegisterMap.r(UInt8(program.addressRegister)))
                line(lines, &code)
            }
        }
        code.ret()
    }

    /// The first registers of item number rcx.
    static func start(_ code: inout Assembler) {
        code.lea(.r8, Address(.rcx, 1))
        code.mov(.rax, multiplier)
        code.imul(.r8, .rax)
        for (index, constant) in initial.enumerated() {
            let register = RegisterMap.r(UInt8(index + 1))
            code.mov(register, constant)
            code.arithmetic(.xor, register, .r8)
        }
    }

    static func run(_ program: SuperscalarProgram, _ code: inout Assembler) {
        for instruction in program.instructions { emit(instruction, &code) }
    }

    /// XORs the line at rcx into the registers.
    static func mix(_ code: inout Assembler) {
        for number in 0..<8 as Range<UInt8> {
            code.arithmetic(.xor, RegisterMap.r(number), Address(.rcx, 8 * Int32(number)))
        }
    }

    /// Turns the line's number in rcx into its address, and prefetches the line. It arrives while the program runs that
    /// comes before its use.
    static func line(_ lines: Int32, _ code: inout Assembler) {
        code.shl(.rcx, 6)
        code.arithmetic32(.and, .rcx, lines)
        code.arithmetic(.add, .rcx, RegisterMap.memory)
        code.prefetchnta(Address(.rcx))
    }

    /// The C function around the item code: rdi cache, rsi output, rdx first, rcx end.
    private static func items(_ code: inout Assembler) {
        for register in RegisterMap.saved { code.push(register) }
        code.mov(.rbx, .rdx)
        code.mov(.rbp, .rcx)
        let loop = code.count
        code.mov(.rcx, .rbx)
        code.call(0)
        for number in 0..<8 as Range<UInt8> {
            // A whole line is written and not read soon, so the stores bypass the caches.
            code.movnti(Address(.rsi, 8 * Int32(number)), RegisterMap.r(number))
        }
        code.arithmetic(.add, .rsi, 64)
        code.arithmetic(.add, .rbx, 1)
        code.arithmetic(.cmp, .rbx, .rbp)
        code.jumpBack(.notZero, to: loop)
        for register in RegisterMap.saved.reversed() { code.pop(register) }
        code.ret()
    }

    /// Emits one instruction (6.1). None is longer than ``worstInstruction``.
    private static func emit(_ instruction: SuperscalarInstruction, _ code: inout Assembler) {
        let dst = RegisterMap.r(instruction.dst), src = RegisterMap.r(instruction.src)
        let constant = Int32(bitPattern: instruction.imm32)
        switch instruction.opcode {
        case .isubR: code.arithmetic(.sub, dst, src)
        case .ixorR: code.arithmetic(.xor, dst, src)
        case .iaddRS: code.lea(dst, Address(dst, index: src, scale: instruction.shift))
        case .imulR: code.imul(dst, src)
        case .irorC: code.ror(dst, UInt8(truncatingIfNeeded: instruction.imm32 & 63))
        case .iaddC7, .iaddC8, .iaddC9: code.arithmetic(.add, dst, constant)
        case .ixorC7, .ixorC8, .ixorC9: code.arithmetic(.xor, dst, constant)
        case .imulhR, .ismulhR:
            code.mov(.rax, dst)
            code.multiplyWide(signed: instruction.opcode == .ismulhR, src)
            code.mov(dst, .rdx)
        case .imulRcp:
            code.mov(.rax, reciprocal(instruction.imm32))
            code.imul(dst, .rax)
        }
    }
}
