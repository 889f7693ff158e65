import NightjarAlgorithms
import NightjarCore

/// Turns a seed's superscalar programs into code that computes dataset items in batches of six, with AVX2 and BMI2.
/// ``ItemBatchMap`` lists registers and stack.
///
/// The scalar code of an item waits for the multiplier, which starts one multiplication a cycle, and for the cache.
/// Code for four items in a vector needs three to seven times the instructions, because AVX2 multiplies 32 bits at a
/// time. But vector code runs on ports that scalar code leaves idle, and the other way round. So each half of a program
/// for vectors is interleaved with the whole program for one item in general registers.
package enum SuperscalarBatchEmitter {
    /// The bytes of the longest code for one instruction, on vectors and on two items in general registers: ISMULH_R.
    package static let worstInstruction = 119
    /// The most bytes around a program's instructions, for both of its passes.
    package static let worstProgram = 1024
    /// The most bytes of everything else.
    package static let worstFrame = 1024
    /// The most constants that do not come from instructions.
    package static let fixedConstants = 13
    /// The most constants that come from one instruction.
    package static let constantsPerInstruction = 2

    /// Items of a batch. The code computes whole batches only.
    package static var batch: Int { ItemBatchMap.items }
    /// The number of batches that are computed together.
    package static var batchesTogether: Int { ItemBatchMap.batches }

    /// The result of emitting.
    package struct Emitted: Sendable {
        /// The offset of the C function `(cache, output, first, end)`. It writes a number of items that is a multiple
        /// of ``batch``.
        package let items: Int
        /// The offset of the first instruction. Constants come before it.
        package let codeStart: Int
        /// The number of constants.
        package let constants: Int
        /// All bytes.
        package let size: Int
    }

    /// The bytes that are enough for these programs.
    package static func worstSize(_ programs: [SuperscalarProgram]) -> Int {
        let instructions = programs.reduce(0) { $0 + $1.instructions.count }
        return worstConstants(instructions) + worstFrame + programs.count * worstProgram
            + instructions * worstInstruction + Assembler.slack
    }

    /// The bytes for constants: a multiple of 64, because the code after them needs that alignment.
    private static func worstConstants(_ instructions: Int) -> Int {
        (fixedConstants + constantsPerInstruction * instructions + 1) / 2 * 2 * VectorConstants.size
    }

    /// Writes the code of `programs` into `code`, which has room for ``worstSize(_:)``.
    ///
    /// - Parameter cacheSize: bytes of the cache, a power of two.
    package static func emit(
        _ programs: [SuperscalarProgram], cacheSize: Int, into code: borrowing WritableCode
    ) -> Emitted {
        // The processor sign-extends the mask of line addresses.
        precondition(cacheSize.nonzeroBitCount == 1 && cacheSize <= 1 << 31)
        let worst = worstSize(programs)
        precondition(code.size >= worst)
        let instructions = programs.reduce(0) { $0 + $1.instructions.count }
        let codeStart = worstConstants(instructions)
        var constants = VectorConstants(code.start, capacity: codeStart)
        var assembler = Assembler(code.start + codeStart)
        var frame = ItemBatchFrame(lineMask: Int32(truncatingIfNeeded: cacheSize - 64))
        frame.begin(constantsBefore: codeStart, &constants, &assembler)
        for (index, program) in programs.enumerated() {
            let isLast = index + 1 == programs.count
            for scalar in 0..<ItemBatchMap.scalarItems {
                pass(
                    program, scalar: scalar, isLastProgram: isLast, room: worst - Assembler.slack - codeStart, frame,
                    &constants, &assembler)
            }
        }
        frame.end(&assembler)
        let size = codeStart + assembler.count
        precondition(size <= worst - Assembler.slack, "the code of a batch is longer than the worst one")
        return Emitted(items: codeStart, codeStart: codeStart, constants: constants.count, size: size)
    }

    /// Runs all batches through one part of a program for vectors, and through the whole program for one of the scalar
    /// items.
    private static func pass(
        _ program: SuperscalarProgram, scalar: Int, isLastProgram: Bool, room: Int, _ frame: ItemBatchFrame,
        _ constants: inout VectorConstants, _ code: inout Assembler
    ) {
        let instructions = program.instructions
        let part = instructions[
            instructions.count * scalar / ItemBatchMap.scalarItems..<instructions.count * (scalar + 1)
                / ItemBatchMap.scalarItems]
        let address = isLastProgram ? nil : UInt8(program.addressRegister)
        var vectors = InstructionStream(capacity: worstProgram + part.count * worstInstruction)
        frame.loadVectors(&vectors)
        var lowering = VectorLowering()
        for instruction in part { lowering.add(instruction, &constants, to: &vectors) }
        if scalar + 1 == ItemBatchMap.scalarItems {
            frame.mixVectors(&vectors)
            if let address { frame.vectorLines(ItemBatchMap.vector(address), &constants, &vectors) }
        }
        if scalar + 1 < ItemBatchMap.scalarItems || !isLastProgram {
            frame.storeVectors(&vectors)
        } else {
            frame.outputVectors(&vectors)
        }

        var scalars = InstructionStream(capacity: worstProgram + instructions.count * worstInstruction)
        frame.loadScalar(scalar, &scalars)
        for instruction in instructions { ScalarLowering.add(instruction, &constants, to: &scalars) }
        frame.mixScalar(scalar, &scalars)
        if let address {
            frame.scalarLine(scalar, RegisterMap.r(address), &scalars)
            frame.storeScalar(scalar, &scalars)
        } else {
            frame.outputScalar(scalar, &scalars)
        }
        precondition(
            code.count + vectors.size + scalars.size + ItemBatchFrame.worstLoop <= room,
            "the code of a batch is longer than the worst one")
        frame.forEachBatch(&code) { InstructionStream.weave(vectors, scalars, into: &$0) }
    }
}
