/// The code around the superscalar instructions of groups of eight items: `doc/specs.md` 7.3. ``ItemLanesMap`` lists
/// registers and memory.
struct ItemLanesFrame {
    private typealias Map = ItemLanesMap
    private typealias State = ItemLanesMap.State
    private typealias Stack = ItemLanesMap.Stack

    /// Masks a line's number, times 64, to an offset in the cache.
    let lineMask: UInt64

    // MARK: A group

    /// The items' first registers, and their first lines. The numbers are in the first temporary.
    func begin(_ group: ItemLanesMap.Group, _ constants: inout WordConstants, _ stream: inout InstructionStream) {
        let numbers = group.temporary(0), first = group.r(0)
        let one = constants(1), multiplier = constants(SuperscalarEmitter.multiplier)
        stream.add { $0.wide(.add, first, numbers, word: one) }
        stream.add { $0.wide(.multiply, first, first, word: multiplier) }
        for (index, constant) in SuperscalarEmitter.initial.enumerated() {
            let operand = constants(constant)
            stream.add { $0.wide(.xor, group.r(UInt8(index + 1)), first, word: operand) }
        }
        lines(group, of: numbers, &constants, &stream)
    }

    /// Turns line numbers into offsets in the cache, stores them and prefetches the lines.
    func lines(
        _ group: ItemLanesMap.Group, of numbers: WideVector, _ constants: inout WordConstants,
        _ stream: inout InstructionStream
    ) {
        let offsets = group.temporary(1), mask = constants(lineMask)
        stream.add { $0.wideShiftLeft(offsets, numbers, 6) }
        stream.add { $0.wide(.and, offsets, offsets, word: mask) }
        stream.add { $0.wideStore(group.state(State.lines), offsets) }
        for lane in 0..<8 as Range<UInt8> {
            let line = self.line(lane, group, &stream)
            stream.add { $0.prefetcht0(line) }
        }
    }

    /// Loads the offset of an item's line.
    private func line(
        _ lane: UInt8, _ group: ItemLanesMap.Group, _ stream: inout InstructionStream
    ) -> Address {
        let register = lane & 1 == 0 ? group.addresses.0 : group.addresses.1
        stream.add { $0.mov(register, group.state(State.lines + 8 * Int32(lane))) }
        return Address(Map.cache, index: register)
    }

    /// XORs the eight lines into the registers.
    func mix(_ group: ItemLanesMap.Group, _ stream: inout InstructionStream) {
        for high in [false, true] {
            for pair in 0..<4 as Range<UInt8> {
                let first = line(2 * pair, group, &stream), second = line(2 * pair + 1, group, &stream)
                let vector = group.temporary(pair)
                stream.add { $0.wideLoad(vector, first) }
                stream.add { $0.wide(high ? .unpackHigh : .unpackLow, vector, vector, second) }
            }
            transpose(high: high, group, &stream) { word, vector, stream in
                stream.add { $0.wide(.xor, group.r(word), group.r(word), vector) }
            }
        }
    }

    /// Calls `body` for each of the eight items, with a vector that has its words.
    func items(
        _ group: ItemLanesMap.Group, _ stream: inout InstructionStream,
        _ body: (UInt8, WideVector, inout InstructionStream) -> Void
    ) {
        for high in [false, true] {
            for pair in 0..<4 as Range<UInt8> {
                let vector = group.temporary(pair)
                stream.add {
                    $0.wide(high ? .unpackHigh : .unpackLow, vector, group.r(2 * pair), group.r(2 * pair + 1))
                }
            }
            transpose(high: high, group, &stream, body)
        }
    }

    /// Ends a transposition of eight rows to eight columns: that of the even columns, or of the odd ones. The first four
    /// temporaries have the words of two rows each, in the order of the columns.
    private func transpose(
        high: Bool, _ group: ItemLanesMap.Group, _ stream: inout InstructionStream,
        _ body: (UInt8, WideVector, inout InstructionStream) -> Void
    ) {
        for odd in [false, true] {
            for half in 0..<2 as Range<UInt8> {
                let part = group.temporary(4 + 2 * (odd ? 1 : 0) + half)
                stream.add {
                    $0.wideParts(odd: odd, part, group.temporary(2 * half), group.temporary(2 * half + 1))
                }
            }
        }
        for column in 0..<4 as Range<UInt8> {
            let (isOdd, isLate) = (column & 1, column >> 1)
            let (left, right) = (group.temporary(4 + 2 * isOdd), group.temporary(5 + 2 * isOdd))
            let vector = group.temporary(column)
            stream.add { $0.wideParts(odd: isLate == 1, vector, left, right) }
            body(2 * isOdd + 4 * isLate + (high ? 1 : 0), vector, &stream)
        }
    }

    func load(_ group: ItemLanesMap.Group, _ stream: inout InstructionStream) {
        for number in 0..<8 as Range<UInt8> {
            stream.add { $0.wideLoad(group.r(number), group.state(State.registers + 64 * Int32(number))) }
        }
    }

    func store(_ group: ItemLanesMap.Group, _ stream: inout InstructionStream) {
        for number in 0..<8 as Range<UInt8> {
            stream.add { $0.wideStore(group.state(State.registers + 64 * Int32(number)), group.r(number)) }
        }
    }

    // MARK: A dataset

    /// The C function's start, then the first state of each pair. rdi cache, rsi output, rdx first, rcx end.
    ///
    /// - Parameters:
    ///   - constantsBefore: the bytes from the constants to the code.
    ///   - start: writes the code that gives a pair its first state; the numbers are in the groups' first temporaries.
    /// - Returns: the offset of the code that begins the next pairs.
    func beginDataset(
        constantsBefore: Int, _ constants: inout WordConstants, _ code: inout Assembler,
        start: (inout WordConstants, inout Assembler) -> Void
    ) -> Int {
        code.push(.rbx)
        code.push(.rbp)
        code.mov(.rbp, .rsp)
        code.arithmetic(.sub, .rsp, Stack.size)
        code.arithmetic(.and, .rsp, -64)
        code.mov(Address(.rsp, Stack.caller), .rbp)
        code.mov(Map.next, .rdx)
        code.mov(Map.end, .rcx)
        code.lea(Map.constants, offset: -constantsBefore)
        code.align(32)
        let next = code.count
        code.lea(Map.state, Address(.rsp, Stack.states))
        let loop = code.count
        for number in 0..<UInt8(Map.groups) {
            let numbers = Map.Group(number: number).temporary(0)
            code.wideBroadcast(numbers, Map.next)
            code.wide(.add, numbers, numbers, constants.counting(from: 8 * Int32(number)))
        }
        start(&constants, &code)
        code.arithmetic(.add, Map.state, Int32(Map.groups) * State.size)
        code.arithmetic(.add, Map.next, Int32(Map.groups * Map.lanes))
        code.arithmetic(.cmp, Map.next, Map.end)
        let done = code.jumpAhead(.zero)
        code.lea(.rax, Address(.rsp, Stack.size))
        code.arithmetic(.cmp, .rax, Map.state)
        code.jumpBack(.notZero, to: loop)
        code.land(done)
        code.mov(Map.limit, Map.state)
        return next
    }

    /// Continues with the next pairs, or returns.
    func endDataset(next: Int, _ code: inout Assembler) {
        code.arithmetic(.cmp, Map.next, Map.end)
        code.jumpBack(.notZero, to: next)
        code.mov(.rsp, Address(.rsp, Stack.caller))
        code.vzeroupper()
        code.pop(.rbp)
        code.pop(.rbx)
        code.ret()
    }

    /// The most bytes that ``forEachPair(_:_:)`` puts around the body; most of them are alignment.
    static let worstLoop = 96

    func forEachPair(_ code: inout Assembler, _ body: (inout Assembler) -> Void) {
        code.lea(Map.state, Address(.rsp, Stack.states))
        code.align(64)
        let loop = code.count
        body(&code)
        code.arithmetic(.add, Map.state, Int32(Map.groups) * State.size)
        code.arithmetic(.cmp, Map.state, Map.limit)
        code.jumpBack(.notZero, to: loop)
    }

    /// Writes a group's items, which are whole lines and not read soon, so that the stores bypass the caches.
    func output(_ group: ItemLanesMap.Group, _ stream: inout InstructionStream) {
        items(group, &stream) { item, vector, stream in
            let place = 64 * (8 * Int32(group.number) + Int32(item))
            stream.add { $0.wideStoreRound(Address(Map.output, place), vector) }
        }
    }
}
