import CHashing
import NightjarAlgorithms
import NightjarCore

/// Turns a decoded program into machine code for all of its iterations (`doc/specs.md` 4.6.2). ``RegisterMap`` says what
/// lies where.
///
/// The code is a C function `(memory, scratchpad, registers, item)` that runs under the caller's MXCSR and changes it
/// as CFROUND says; its C entry sets it before and puts the caller's back after.
package struct ProgramEmitter: ~Copyable {
    /// Where a program's dataset items come from.
    package enum Dataset: Sendable {
        /// `memory` is the dataset's first item.
        case memory
        /// `memory` is the cache, and `item` the code that computes an item from it.
        case computed
    }

    /// Bytes of the longest code for one instruction, which is FDIV_M's: `lea` of a base that needs a SIB byte, with a
    /// 32-bit displacement (8), `and` of eax and a 32-bit constant (5), `cvtdq2pd` from base and index (6), `andps` (4),
    /// `orps` (4) and `divpd` (5), each on an extended register. The tests measure every instruction's worst.
    package static let worstInstruction = 32
    /// Bytes, at most, of all that comes before and after the instructions. The tests measure it.
    package static let worstFrame = 768

    /// Bytes that any program of these parameters fits into.
    package static func worstSize(_ parameters: RandomXParameters) -> Int {
        worstFrame + parameters.programSize * worstInstruction + Assembler.slack
    }

    /// Where each instruction's code begins: for CBRANCH.
    private let offsets: UnsafeMutablePointer<Int32>
    private let capacity: Int
    private let worst: Int

    package init(_ parameters: RandomXParameters) {
        // Addresses and offsets below are 32-bit displacements and constants, which the processor sign-extends.
        precondition(parameters.datasetBaseSize <= 1 << 31 && parameters.datasetExtraSize < 1 << 31)
        precondition(parameters.scratchpadL3 <= 1 << 30)
        // ma and mx are kept masked to dataset addresses; the first iteration takes scratchpad addresses from them.
        precondition(UInt64(parameters.scratchpadL3) <= parameters.datasetBaseSize)
        // CFROUND tests these bits two places higher.
        precondition(parameters.roundingGuard < 1 << 30)
        capacity = parameters.programSize
        worst = Self.worstSize(parameters)
        offsets = .allocate(capacity: capacity)
        offsets.initialize(repeating: 0, count: capacity)
    }

    deinit { offsets.deallocate() }

    /// Where the code of instruction `target` begins. Only that of instructions up to the current one is known.
    @inline(__always)
    func offset(_ target: UInt32) -> Int { Int(offsets[Int(target)]) }

    /// Writes `program` into `code`, which has room for ``worstSize(_:)``. Allocates nothing.
    ///
    /// - Returns: bytes of code.
    @discardableResult
    package func emit(_ program: nj_rx_program, _ dataset: Dataset, into code: borrowing WritableCode) -> Int {
        precondition(code.size >= worst && Int(program.count) <= capacity)
        var code = Assembler(code.start)
        prologue(program, dataset, &code)
        code.align(32)
        let loop = code.count
        beginIteration(&code)
        let instructions = program.instructions
        for index in 0..<Int(program.count) {
            offsets[index] = Int32(truncatingIfNeeded: code.count)
            if let instructions { emit(instructions + index, &code) }
        }
        endIteration(program, dataset, &code)
        code.sub32(Address(.rsp, RegisterMap.Stack.iterations), 1)
        code.jumpBack(.notZero, to: loop)
        epilogue(&code)
        precondition(code.count <= worst - Assembler.slack, "a program is longer than the worst one")
        return code.count
    }
}
