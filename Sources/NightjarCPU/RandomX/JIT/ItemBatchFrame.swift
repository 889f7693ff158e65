/// The code around a batch's superscalar instructions: `doc/specs.md` 7.3. ``ItemBatchMap`` lists registers and memory.
struct ItemBatchFrame {
    private typealias Stack = ItemBatchMap.Stack
    private typealias State = ItemBatchMap.State

    /// Masks a line's number, times 64, to an address in the cache.
    let lineMask: Int32
    /// The offset of the code that begins the next group of batches.
    private var group = 0

    init(lineMask: Int32) { self.lineMask = lineMask }

    // MARK: The function

    /// The C function's start, then the first state of each batch. rdi cache, rsi output, rdx first, rcx end.
    ///
    /// - Parameter constantsBefore: the bytes from the constants to here.
    mutating func begin(
        constantsBefore: Int, _ constants: inout VectorConstants, _ code: inout Assembler
    ) {
        for register in RegisterMap.saved { code.push(register) }
        code.mov(.rbp, .rsp)
        code.arithmetic(.sub, .rsp, Stack.size)
        code.arithmetic(.and, .rsp, -64)
        code.mov(Address(.rsp, Stack.caller), .rbp)
        code.mov(Address(.rsp, Stack.next), .rdx)
        code.mov(Address(.rsp, Stack.end), .rcx)
        code.mov(Address(.rsp, Stack.output), .rsi)
        code.mov(Address(.rsp, Stack.temporary), .rdi)
        code.vectorBroadcast(.xmm0, Address(.rsp, Stack.temporary))
        code.vectorStore(Address(.rsp, Stack.cache), .xmm0)
        code.lea(ItemBatchMap.constants, offset: -constantsBefore)
        code.align(32)
        group = code.count
        code.lea(ItemBatchMap.state, Address(.rsp, Stack.states))
        let loop = code.count
        start(&constants, &code)
        code.arithmetic(.add, ItemBatchMap.state, State.size)
        code.mov(.rax, Address(.rsp, Stack.next))
        code.arithmetic(.cmp, .rax, Address(.rsp, Stack.end))
        let done = code.jumpAhead(.zero)
        code.lea(.rax, Address(.rsp, Stack.size))
        code.arithmetic(.cmp, .rax, ItemBatchMap.state)
        code.jumpBack(.notZero, to: loop)
        code.land(done)
        code.mov(Address(.rsp, Stack.limit), ItemBatchMap.state)
    }

    /// Continues with the next batches, or returns.
    func end(_ code: inout Assembler) {
        code.mov(.rax, Address(.rsp, Stack.next))
        code.arithmetic(.cmp, .rax, Address(.rsp, Stack.end))
        code.jumpBack(.notZero, to: group)
        code.mov(.rsp, Address(.rsp, Stack.caller))
        code.vzeroupper()
        for register in RegisterMap.saved.reversed() { code.pop(register) }
        code.ret()
    }

    /// The most bytes that ``forEachBatch(_:_:)`` puts around the body; most of them are alignment.
    static let worstLoop = 96

    func forEachBatch(_ code: inout Assembler, _ body: (inout Assembler) -> Void) {
        code.lea(ItemBatchMap.state, Address(.rsp, Stack.states))
        code.align(64)
        let loop = code.count
        body(&code)
        code.arithmetic(.add, ItemBatchMap.state, State.size)
        code.arithmetic(.cmp, ItemBatchMap.state, Address(.rsp, Stack.limit))
        code.jumpBack(.notZero, to: loop)
    }

    /// Computes a batch's first state.
    private func start(_ constants: inout VectorConstants, _ code: inout Assembler) {
        let state = ItemBatchMap.state, multiplier = SuperscalarEmitter.multiplier
        code.mov(.rax, Address(.rsp, Stack.output))
        code.mov(Address(state, State.output), .rax)
        code.arithmetic(.add, .rax, 64 * Int32(ItemBatchMap.items))
        code.mov(Address(.rsp, Stack.output), .rax)
        code.mov(.rbx, Address(.rsp, Stack.next))
        code.lea(.rax, Address(.rbx, 1))
        code.imul(.rax, constants(multiplier))
        code.mov(Address(.rsp, Stack.temporary), .rax)
        code.vectorBroadcast(.xmm0, Address(.rsp, Stack.temporary))
        code.vector(.add, .xmm0, .xmm0, constants(multiplier &* SIMD4(0, 1, 2, 3)))
        code.vectorStore(Address(state), .xmm0)
        for (index, constant) in SuperscalarEmitter.initial.enumerated() {
            code.vector(.xor, .xmm1, .xmm0, constants(constant))
            code.vectorStore(Address(state, 32 * Int32(index + 1)), .xmm1)
        }
        for scalar in 0..<ItemBatchMap.scalarItems {
            let number = Int32(ItemBatchMap.vectorItems + scalar)
            code.lea(.rax, Address(.rbx, number + 1))
            code.imul(.rax, constants(multiplier))
            code.mov(scalarRegister(scalar, 0), .rax)
            for (index, constant) in SuperscalarEmitter.initial.enumerated() {
                code.mov(.rdx, .rax)
                code.arithmetic(.xor, .rdx, constants(constant))
                code.mov(scalarRegister(scalar, UInt8(index + 1)), .rdx)
            }
            code.lea(.rax, Address(.rbx, number))
            var stream = InstructionStream(capacity: 64)
            scalarLine(scalar, .rax, &stream)
            stream.write(to: &code)
        }
        code.vectorBroadcast(.xmm0, Address(.rsp, Stack.next))
        code.vector(.add, .xmm0, .xmm0, constants(SIMD4(0, 1, 2, 3)))
        code.arithmetic(.add, .rbx, Int32(ItemBatchMap.items))
        code.mov(Address(.rsp, Stack.next), .rbx)
        var stream = InstructionStream(capacity: 128)
        vectorLines(.xmm0, &constants, &stream)
        stream.write(to: &code)
    }

    // MARK: Four items

    func loadVectors(_ stream: inout InstructionStream) {
        for number in 0..<8 as Range<UInt8> {
            stream.add { $0.vectorLoad(ItemBatchMap.vector(number), Address(ItemBatchMap.state, 32 * Int32(number))) }
        }
    }

    func storeVectors(_ stream: inout InstructionStream) {
        for number in 0..<8 as Range<UInt8> {
            stream.add { $0.vectorStore(Address(ItemBatchMap.state, 32 * Int32(number)), ItemBatchMap.vector(number)) }
        }
    }

    /// XORs the four items' lines into their registers: 16 bytes of each line at a time, for two registers.
    func mixVectors(_ stream: inout InstructionStream) {
        let low = ItemBatchMap.temporary(5), high = ItemBatchMap.temporary(6), odd = ItemBatchMap.temporary(4)
        linePair(0, &stream)
        for quarter in 0..<4 as Range<UInt8> { loadPair(ItemBatchMap.temporary(quarter), quarter, &stream) }
        linePair(1, &stream)
        for quarter in 0..<4 as Range<UInt8> {
            let even = ItemBatchMap.temporary(quarter)
            let first = ItemBatchMap.vector(2 * quarter), second = ItemBatchMap.vector(2 * quarter + 1)
            loadPair(odd, quarter, &stream)
            stream.add { $0.vector(.unpackLow, low, even, odd) }
            stream.add { $0.vector(.unpackHigh, high, even, odd) }
            stream.add { $0.vector(.xor, first, first, low) }
            stream.add { $0.vector(.xor, second, second, high) }
        }
    }

    /// Loads the line addresses of the first and third item, or of the second and fourth.
    private func linePair(_ first: Int32, _ stream: inout InstructionStream) {
        for (index, line) in Self.lines.enumerated() {
            let lane = first + 2 * Int32(index)
            stream.add { $0.mov(line, Address(ItemBatchMap.state, State.vectorLines + 8 * lane)) }
        }
    }

    private func loadPair(_ dst: Vector, _ quarter: UInt8, _ stream: inout InstructionStream) {
        stream.add { $0.vectorLoadHalf(dst, Address(Self.lines[0], 16 * Int32(quarter))) }
        stream.add { $0.vectorInsertHigh(dst, dst, Address(Self.lines[1], 16 * Int32(quarter))) }
    }

    /// Turns line numbers into line addresses, stores them and prefetches the lines.
    func vectorLines(_ numbers: Vector, _ constants: inout VectorConstants, _ stream: inout InstructionStream) {
        let state = ItemBatchMap.state, address = ItemBatchMap.temporary(0)
        let mask = constants(UInt64(bitPattern: Int64(lineMask)))
        stream.add { $0.vectorShiftLeft(address, numbers, 6) }
        stream.add { $0.vector(.and, address, address, mask) }
        stream.add { $0.vector(.add, address, address, Address(.rsp, Stack.cache)) }
        stream.add { $0.vectorStore(Address(state, State.vectorLines), address) }
        for lane in 0..<ItemBatchMap.vectorItems {
            let line = Self.lines[lane & 1]
            stream.add { $0.mov(line, Address(state, State.vectorLines + 8 * Int32(lane))) }
            stream.add { $0.prefetcht0(Address(line)) }
        }
    }

    /// Transposes four registers' elements to 32 bytes of each of the four items.
    func outputVectors(_ stream: inout InstructionStream) {
        stream.add { $0.mov(.rcx, Address(ItemBatchMap.state, State.output)) }
        for half in 0..<2 as Range<UInt8> {
            let r = (0..<4 as Range<UInt8>).map { ItemBatchMap.vector(4 * half + $0) }
            let pairs = (0..<4 as Range<UInt8>).map { ItemBatchMap.temporary($0) }
            let items = (4..<8 as Range<UInt8>).map { ItemBatchMap.temporary($0) }
            stream.add { $0.vector(.unpackLow, pairs[0], r[0], r[1]) }
            stream.add { $0.vector(.unpackHigh, pairs[1], r[0], r[1]) }
            stream.add { $0.vector(.unpackLow, pairs[2], r[2], r[3]) }
            stream.add { $0.vector(.unpackHigh, pairs[3], r[2], r[3]) }
            for item in 0..<4 {
                stream.add { $0.vectorHalves(high: item >= 2, items[item], pairs[item & 1], pairs[2 + item & 1]) }
                stream.add { $0.vectorStoreRound(Address(.rcx, 64 * Int32(item) + 32 * Int32(half)), items[item]) }
            }
        }
    }

    /// Registers for line addresses of the four items. The scalar code that is interleaved with this uses the other
    /// temporary registers.
    private static let lines: [Register] = [.rcx, .rbx]

    // MARK: One item

    private func scalarRegister(_ scalar: Int, _ number: UInt8) -> Address {
        Address(ItemBatchMap.state, State.scalars + 64 * Int32(scalar) + 8 * Int32(number))
    }

    private func lineAddress(_ scalar: Int) -> Address {
        Address(ItemBatchMap.state, State.scalarLines + 8 * Int32(scalar))
    }

    func loadScalar(_ scalar: Int, _ stream: inout InstructionStream) {
        for number in 0..<8 as Range<UInt8> {
            stream.add { $0.mov(RegisterMap.r(number), scalarRegister(scalar, number)) }
        }
    }

    func storeScalar(_ scalar: Int, _ stream: inout InstructionStream) {
        for number in 0..<8 as Range<UInt8> {
            stream.add { $0.mov(scalarRegister(scalar, number), RegisterMap.r(number)) }
        }
    }

    func mixScalar(_ scalar: Int, _ stream: inout InstructionStream) {
        stream.add { $0.mov(ItemBatchMap.line, lineAddress(scalar)) }
        for number in 0..<8 as Range<UInt8> {
            stream.add { $0.arithmetic(.xor, RegisterMap.r(number), Address(ItemBatchMap.line, 8 * Int32(number))) }
        }
    }

    /// Turns a line's number into its address, stores it and prefetches the line.
    func scalarLine(_ scalar: Int, _ number: Register, _ stream: inout InstructionStream) {
        stream.add { $0.mov(ItemBatchMap.line, number) }
        stream.add { $0.shl(ItemBatchMap.line, 6) }
        stream.add { $0.arithmetic32(.and, ItemBatchMap.line, lineMask) }
        stream.add { $0.arithmetic(.add, ItemBatchMap.line, Address(.rsp, Stack.cache)) }
        stream.add { $0.mov(lineAddress(scalar), ItemBatchMap.line) }
        stream.add { $0.prefetcht0(Address(ItemBatchMap.line)) }
    }

    func outputScalar(_ scalar: Int, _ stream: inout InstructionStream) {
        stream.add { $0.mov(ItemBatchMap.line, Address(ItemBatchMap.state, State.output)) }
        let start = 64 * Int32(ItemBatchMap.vectorItems + scalar)
        for number in 0..<8 as Range<UInt8> {
            // A whole line is written and not read soon, so the stores bypass the caches.
            stream.add { $0.movnti(Address(ItemBatchMap.line, start + 8 * Int32(number)), RegisterMap.r(number)) }
        }
    }
}
