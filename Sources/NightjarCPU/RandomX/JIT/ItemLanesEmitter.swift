import NightjarAlgorithms
import NightjarCore

/// Turns a seed's superscalar programs into code that computes dataset items in groups of eight, with AVX-512: those that
/// the programs of eight machines in light mode need at the same time, and those of a dataset. ``ItemLanesMap`` lists
/// registers and memory.
///
/// The cache's lines of all eight are on their way while a program runs, so that one wait serves for eight.
package enum ItemLanesEmitter {
    /// The bytes of the longest code for one instruction, for compiled programs and for both groups of a dataset's pair:
    /// ISMULH_R.
    package static let worstInstruction = 342
    /// The most bytes around a program's instructions, for compiled programs and for a dataset.
    package static let worstProgram = 2048
    /// The most bytes of everything else.
    package static let worstFrame = 1536
    /// The most constants that do not come from instructions.
    package static let fixedConstants = 27

    /// The items that are computed at once for compiled programs.
    package static var lanes: Int { ItemLanesMap.lanes }
    /// Items of a batch. A dataset's code computes whole batches only.
    package static var batch: Int { ItemLanesMap.groups * ItemLanesMap.lanes }
    /// The number of batches that are computed together.
    package static var batchesTogether: Int { ItemLanesMap.pairs }

    /// The result of emitting.
    package struct Emitted: Sendable {
        /// The offset of the code that compiled programs call. Constants come before it.
        package let start: Int
        /// The offset of the C function `(cache, output, first, end)`. It writes a number of items that is a multiple
        /// of ``batch``.
        package let items: Int
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
    private static func worstConstants(_ instructions: Int) -> Int { (fixedConstants + instructions + 7) / 8 * 64 }

    /// Writes the code of `programs` into `code`, which has room for ``worstSize(_:)``.
    ///
    /// - Parameter cacheSize: bytes of the cache, a power of two.
    package static func emit(
        _ programs: [SuperscalarProgram], cacheSize: Int, into code: borrowing WritableCode
    ) -> Emitted {
        precondition(cacheSize.nonzeroBitCount == 1 && cacheSize <= 1 << 31)
        let worst = worstSize(programs)
        precondition(code.size >= worst)
        let start = worstConstants(programs.reduce(0) { $0 + $1.instructions.count })
        var constants = WordConstants(code.start, capacity: start)
        var assembler = Assembler(code.start + start)
        let frame = ItemLanesFrame(lineMask: UInt64(cacheSize - 64)), room = worst - Assembler.slack - start
        group(programs, constantsBefore: start, frame, &constants, &assembler, room: room)
        assembler.align(64)
        let items = start + assembler.count
        dataset(programs, constantsBefore: start, frame, &constants, &assembler, room: room)
        let size = start + assembler.count
        precondition(size <= worst - Assembler.slack, "the code of eight items is longer than the worst one")
        return Emitted(start: start, items: items, constants: constants.count, size: size)
    }

    /// The code for compiled programs.
    private static func group(
        _ programs: [SuperscalarProgram], constantsBefore: Int, _ frame: ItemLanesFrame,
        _ constants: inout WordConstants, _ code: inout Assembler, room: Int
    ) {
        let group = ItemLanesMap.Group(number: 0)
        code.lea(ItemLanesMap.constants, offset: -constantsBefore)
        code.wideLoad(group.temporary(0), group.state(ItemLanesMap.State.lines))
        var start = InstructionStream(capacity: worstFrame)
        frame.begin(group, &constants, &start)
        start.write(to: &code)
        for (index, program) in programs.enumerated() {
            var stream = body(program, group, frame, &constants)
            if index + 1 < programs.count {
                frame.lines(group, of: group.r(UInt8(program.addressRegister)), &constants, &stream)
            } else {
                frame.items(group, &stream) { item, vector, stream in
                    let place = group.state(ItemLanesMap.State.registers + 64 * Int32(item))
                    stream.add { $0.wideStore(place, vector) }
                }
            }
            precondition(code.count + stream.size <= room, "the code of eight items is longer than the worst one")
            stream.write(to: &code)
        }
        code.vzeroupper()
        code.ret()
    }

    /// The C function that writes a dataset's items.
    private static func dataset(
        _ programs: [SuperscalarProgram], constantsBefore: Int, _ frame: ItemLanesFrame,
        _ constants: inout WordConstants, _ code: inout Assembler, room: Int
    ) {
        let groups = (ItemLanesMap.Group(number: 0), ItemLanesMap.Group(number: 1))
        let next = frame.beginDataset(constantsBefore: constantsBefore, &constants, &code) { constants, code in
            for group in [groups.0, groups.1] {
                var stream = InstructionStream(capacity: worstFrame)
                frame.begin(group, &constants, &stream)
                frame.store(group, &stream)
                stream.write(to: &code)
            }
        }
        for (index, program) in programs.enumerated() {
            let address = index + 1 < programs.count ? UInt8(program.addressRegister) : nil
            let first = turn(program, groups.0, address: address, frame, &constants)
            let second = turn(program, groups.1, address: address, frame, &constants)
            precondition(
                code.count + first.size + second.size + ItemLanesFrame.worstLoop <= room,
                "the code of eight items is longer than the worst one")
            frame.forEachPair(&code) { code in
                InstructionStream.weave(first, second, into: &code)
                if address == nil { code.arithmetic(.add, ItemLanesMap.output, Int32(64 * batch)) }
            }
        }
        frame.endDataset(next: next, &code)
    }

    /// A program for one group of a pair, from state to state or to the items.
    private static func turn(
        _ program: SuperscalarProgram, _ group: ItemLanesMap.Group, address: UInt8?, _ frame: ItemLanesFrame,
        _ constants: inout WordConstants
    ) -> InstructionStream {
        var stream = body(program, group, loads: true, frame, &constants)
        if let address {
            frame.lines(group, of: group.r(address), &constants, &stream)
            frame.store(group, &stream)
        } else {
            frame.output(group, &stream)
        }
        return stream
    }

    /// A program's instructions, and the lines that are mixed in after them.
    private static func body(
        _ program: SuperscalarProgram, _ group: ItemLanesMap.Group, loads: Bool = false, _ frame: ItemLanesFrame,
        _ constants: inout WordConstants
    ) -> InstructionStream {
        var stream = InstructionStream(capacity: worstProgram + program.instructions.count * worstInstruction)
        if loads { frame.load(group, &stream) }
        var lowering = WideLowering(group)
        for instruction in program.instructions { lowering.add(instruction, &constants, to: &stream) }
        frame.mix(group, &stream)
        return stream
    }
}
