import NightjarAlgorithms
import NightjarCore

/// Turns a seed's superscalar programs into code that computes the dataset items of several machines in turns: each program
/// for one item after the other. While the others have their turns, an item's cache line arrives, and where one item waits for
/// its multiplications the processor begins with the next. Any x86-64 processor can run it.
///
///     r8 … r15      r0 … r7 of one item
///     rax, rdx      temporary
///     rcx           a line's number or address; on entry the state: see ``ItemLanesMap/State``
///     rdx           on entry the number of items
///     rbx           the item's registers in the state, which become the item
///     rbp           its line in the state
///     rdi           the cache
///
/// Other registers keep their values.
package enum ItemTurnsEmitter {
    /// The most bytes around a program's instructions. The tests measure it.
    package static let worstProgram = 256
    /// The most bytes of everything else.
    package static let worstFrame = 384

    /// The bytes that are enough for these programs.
    package static func worstSize(_ programs: [SuperscalarProgram]) -> Int {
        let instructions = programs.reduce(0) { $0 + $1.instructions.count }
        return worstFrame + programs.count * worstProgram + instructions * SuperscalarEmitter.worstInstruction
            + Assembler.slack
    }

    /// Writes the code of `programs` into `code`, which has room for ``worstSize(_:)``.
    ///
    /// - Parameter cacheSize: bytes of the cache, a power of two.
    /// - Returns: bytes of code. It begins with what compiled programs call.
    package static func emit(
        _ programs: [SuperscalarProgram], cacheSize: Int, into code: borrowing WritableCode
    ) -> Int {
        precondition(cacheSize.nonzeroBitCount == 1 && cacheSize <= 1 << 31)
        let worst = worstSize(programs)
        precondition(code.size >= worst)
        let lines = Int32(truncatingIfNeeded: cacheSize - 64)
        var code = Assembler(code.start)
        code.lea(.rdx, Address(.rcx, index: .rdx, scale: 3))
        code.push(.rdx)
        code.push(.rcx)
        forEachItem(&code) { code in
            code.mov(.rcx, line)
            SuperscalarEmitter.start(&code)
            SuperscalarEmitter.line(lines, &code)
            code.mov(line, .rcx)
            store(&code)
        }
        for (index, program) in programs.enumerated() {
            forEachItem(&code) { code in
                for number in 0..<8 as Range<UInt8> { code.mov(RegisterMap.r(number), word(number)) }
                SuperscalarEmitter.run(program, &code)
                code.mov(.rcx, line)
                SuperscalarEmitter.mix(&code)
                if index + 1 < programs.count {
                    code.mov(.rcx, RegisterMap.r(UInt8(program.addressRegister)))
                    SuperscalarEmitter.line(lines, &code)
                    code.mov(line, .rcx)
                }
                store(&code)
            }
        }
        code.pop(.rcx)
        code.pop(.rdx)
        code.ret()
        precondition(code.count <= worst - Assembler.slack, "the code of several items is longer than the worst one")
        return code.count
    }

    private static var line: Address { Address(.rbp) }

    private static func word(_ number: UInt8) -> Address { Address(.rbx, 8 * Int32(number)) }

    private static func store(_ code: inout Assembler) {
        for number in 0..<8 as Range<UInt8> { code.mov(word(number), RegisterMap.r(number)) }
    }

    /// The stack has the state and above it the end of the lines in use.
    private static func forEachItem(_ code: inout Assembler, _ body: (inout Assembler) -> Void) {
        code.mov(.rbp, Address(.rsp))
        code.lea(.rbx, Address(.rbp, ItemLanesMap.State.registers))
        code.align(32)
        let loop = code.count
        body(&code)
        code.arithmetic(.add, .rbx, 64)
        code.arithmetic(.add, .rbp, 8)
        code.arithmetic(.cmp, .rbp, Address(.rsp, 8))
        code.jumpBack(.notZero, to: loop)
    }
}
