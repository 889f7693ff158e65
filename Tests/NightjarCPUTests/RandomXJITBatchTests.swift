import CHashing
import NightjarAlgorithms
import NightjarCPU
import NightjarCore
import Testing

/// The code that computes several dataset items at once, instruction by instruction, against arithmetic written down
/// plainly.
@Suite(.serialized, .timeLimit(.minutes(15))) struct RandomXJITBatchTests {
    /// The two emitters of such code.
    enum Kind: CaseIterable {
        case batches, lanes

        /// Those whose code this processor can run.
        static let available = allCases.filter {
            switch $0 {
            case .batches: nj_rx_item_batches_available()
            case .lanes: nj_rx_item_lanes_available()
            }
        }

        /// How many items its code computes at once.
        var items: Int { self == .batches ? SuperscalarBatchEmitter.batch : ItemLanesEmitter.batch }

        var worstInstruction: Int {
            self == .batches ? SuperscalarBatchEmitter.worstInstruction : ItemLanesEmitter.worstInstruction
        }

        var worstProgram: Int {
            self == .batches ? SuperscalarBatchEmitter.worstProgram : ItemLanesEmitter.worstProgram
        }

        var worstFrame: Int { self == .batches ? SuperscalarBatchEmitter.worstFrame : ItemLanesEmitter.worstFrame }

        var fixedConstants: Int {
            self == .batches ? SuperscalarBatchEmitter.fixedConstants : ItemLanesEmitter.fixedConstants
        }

        func worstSize(_ programs: [SuperscalarProgram]) -> Int {
            self == .batches ? SuperscalarBatchEmitter.worstSize(programs) : ItemLanesEmitter.worstSize(programs)
        }

        /// - Returns: the offsets of the C function and of the first instruction, the number of constants and all bytes.
        func emit(
            _ programs: [SuperscalarProgram], cacheSize: Int, into code: borrowing WritableCode
        ) -> (items: Int, codeStart: Int, constants: Int, size: Int) {
            switch self {
            case .batches:
                let emitted = SuperscalarBatchEmitter.emit(programs, cacheSize: cacheSize, into: code)
                return (emitted.items, emitted.codeStart, emitted.constants, emitted.size)
            case .lanes:
                let emitted = ItemLanesEmitter.emit(programs, cacheSize: cacheSize, into: code)
                return (emitted.items, emitted.start, emitted.constants, emitted.size)
            }
        }
    }

    /// Registers that go wrong where halves, carries or signs do.
    private static let edges: [UInt64] = [
        0, 1, 2, 0xFFFF_FFFF, 0x1_0000_0000, 0x1_0000_0001, 0x7FFF_FFFF_FFFF_FFFF, 0x8000_0000_0000_0000,
        0x8000_0000_0000_0001, 0xFFFF_FFFF_0000_0000, 0xFFFF_FFFF_FFFF_FFFE, 0xFFFF_FFFF_FFFF_FFFF,
        0x7FFF_FFFF_8000_0000, 0x8000_0000_7FFF_FFFF, 0x0123_4567_89AB_CDEF, 0xFEDC_BA98_7654_3210,
    ]
    private static let lines: UInt64 = 256

    /// 256 lines, with which the first 256 items have every pair of edges in registers 0 and 1, and others elsewhere.
    private static let cache: [UInt64] = (0..<lines).flatMap { number in
        let start = first(number)
        return (0..<8).map { register in
            let edge = register % 2 == 0 ? number % 16 : (number / 16 + UInt64(register / 2)) % 16
            return start[register] ^ edges[Int(edge)]
        }
    }

    /// The registers that an item starts with (`doc/specs.md` 7.3).
    private static func first(_ number: UInt64) -> [UInt64] {
        let r0 = (number + 1) &* 6_364_136_223_846_793_005
        return [
            r0, r0 ^ 9_298_411_001_130_361_340, r0 ^ 12_065_312_585_734_608_966, r0 ^ 9_306_329_213_124_626_780,
            r0 ^ 5_281_919_268_842_080_866, r0 ^ 10_536_153_434_571_861_004, r0 ^ 3_398_623_926_847_679_864,
            r0 ^ 9_549_104_520_008_361_294,
        ]
    }

    private static func item(_ number: UInt64, _ programs: [SuperscalarProgram]) -> [UInt64] {
        var r = first(number)
        var line = number
        for program in programs {
            for instruction in program.instructions { execute(instruction, &r) }
            for register in 0..<8 { r[register] ^= cache[Int(line % lines) * 8 + register] }
            line = r[program.addressRegister]
        }
        return r
    }

    private static func execute(_ instruction: SuperscalarInstruction, _ r: inout [UInt64]) {
        let dst = Int(instruction.dst), a = r[dst], b = r[Int(instruction.src)]
        let constant = UInt64(bitPattern: Int64(Int32(bitPattern: instruction.imm32)))
        switch instruction.opcode {
        case .isubR: r[dst] = a &- b
        case .ixorR: r[dst] = a ^ b
        case .iaddRS: r[dst] = a &+ b << UInt64(instruction.shift)
        case .imulR: r[dst] = a &* b
        case .irorC: r[dst] = a >> UInt64(instruction.imm32) | a << UInt64(64 - instruction.imm32)
        case .iaddC7, .iaddC8, .iaddC9: r[dst] = a &+ constant
        case .ixorC7, .ixorC8, .ixorC9: r[dst] = a ^ constant
        case .imulhR: r[dst] = a.multipliedFullWidth(by: b).high
        case .ismulhR:
            r[dst] = UInt64(bitPattern: Int64(bitPattern: a).multipliedFullWidth(by: Int64(bitPattern: b)).high)
        case .imulRcp: r[dst] = a &* reciprocal(instruction.imm32)
        }
    }

    /// Programs that do nothing before and something after the first lines are mixed in.
    private static func programs(_ instructions: [SuperscalarInstruction]) -> [SuperscalarProgram] {
        [SuperscalarProgram(instructions: []), SuperscalarProgram(instructions: instructions)]
    }

    private func check(_ kind: Kind, _ programs: [SuperscalarProgram], count: UInt64, _ comment: Comment) throws {
        let writable = try WritableCode(size: kind.worstSize(programs))
        let emitted = kind.emit(programs, cacheSize: Int(Self.lines) * 64, into: writable)
        let code = writable.executable()
        let cache = AlignedMemory(Int(Self.lines) * 64), output = AlignedMemory(Int(count) * 64)
        Self.cache.withUnsafeBytes { cache.bytes.copyMemory(from: $0) }
        nj_rx_write_compiled_items(
            code.start + emitted.items, cache.bytes.baseAddress, output.bytes.baseAddress, 0, count)
        let expected = (0..<count).flatMap { Self.item($0, programs) }
        #expect(Array(output.bytes.bindMemory(to: UInt64.self)) == expected, comment)
    }

    private static let instructions: [SuperscalarInstruction] = {
        func instruction(
            _ opcode: SuperscalarInstruction.Opcode, _ dst: UInt8, _ src: UInt8, mod: UInt8 = 0, _ imm32: UInt32 = 0
        ) -> SuperscalarInstruction {
            SuperscalarInstruction(opcode: opcode, dst: dst, src: src, mod: mod, imm32: imm32)
        }
        var all: [SuperscalarInstruction] = []
        for (dst, src) in [(0, 1), (1, 0), (7, 2), (4, 6)] as [(UInt8, UInt8)] {
            for opcode in [.isubR, .ixorR, .imulR, .imulhR, .ismulhR] as [SuperscalarInstruction.Opcode] {
                all.append(instruction(opcode, dst, src))
            }
            for shift in 0..<4 as Range<UInt8> { all.append(instruction(.iaddRS, dst, src, mod: shift << 2)) }
        }
        // Wide multiplications may square.
        for dst in [0, 5] as [UInt8] {
            all.append(instruction(.imulhR, dst, dst))
            all.append(instruction(.ismulhR, dst, dst))
        }
        for count in 1...63 as ClosedRange<UInt32> {
            let register = UInt8(count % 8)
            all.append(instruction(.irorC, register, register, count))
        }
        for constant in [0, 1, 127, 128, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF] as [UInt32] {
            for opcode in [.iaddC7, .iaddC8, .iaddC9, .ixorC7, .ixorC8, .ixorC9] as [SuperscalarInstruction.Opcode] {
                all.append(instruction(opcode, 3, 3, constant))
            }
        }
        for divisor in [3, 0x7FFF_FFFF, 0x8000_0001, 0xFFFF_FFFF] as [UInt32] {
            all.append(instruction(.imulRcp, 6, 6, divisor))
        }
        return all
    }()

    @Test(arguments: Kind.available)
    func everyInstruction(_ kind: Kind) throws {
        #expect(Set(Self.instructions.map(\.opcode)).count == 14)
        let count = UInt64(256 + kind.items - 1) / UInt64(kind.items) * UInt64(kind.items)
        for instruction in Self.instructions {
            try check(kind, Self.programs([instruction]), count: count, "\(instruction)")
        }
    }

    /// All of them in a row, for numbers of batches around those that are computed together.
    @Test(arguments: Kind.available)
    func everyNumberOfBatches(_ kind: Kind) throws {
        let programs = Self.programs(Self.instructions) + Self.programs(Self.instructions.reversed())
        let group = UInt64(
            kind == .batches ? SuperscalarBatchEmitter.batchesTogether : ItemLanesEmitter.batchesTogether)
        for batches in [1, 2, 3, group - 1, group, group + 1, 2 * group, 2 * group + 1] {
            try check(kind, programs, count: batches * UInt64(kind.items), "\(batches) batches")
        }
    }

    /// The last program's results are written, so that one program alone is both the first and the last.
    @Test(arguments: Kind.available)
    func onlyOneProgram(_ kind: Kind) throws {
        let count = UInt64(10 * kind.items)
        try check(kind, [SuperscalarProgram(instructions: Self.instructions)], count: count, "one program")
    }

    // MARK: Sizes

    private func emit(
        _ kind: Kind, _ programs: [SuperscalarProgram]
    ) throws -> (items: Int, codeStart: Int, constants: Int, size: Int) {
        let writable = try WritableCode(size: kind.worstSize(programs))
        return kind.emit(programs, cacheSize: 1 << 31, into: writable)
    }

    /// The bound is exact, so that it tells something.
    @Test(arguments: Kind.allCases)
    func noInstructionIsLongerThanTheWorst(_ kind: Kind) throws {
        /// Bytes of a program, without constants.
        func size(_ instruction: SuperscalarInstruction, count: Int) throws -> Int {
            let emitted = try emit(
                kind, [SuperscalarProgram(instructions: .init(repeating: instruction, count: count))])
            return emitted.size - emitted.codeStart
        }
        var longest = 0
        for instruction in Self.instructions {
            // Far more than what alignment adds.
            let bytes = try size(instruction, count: 2048) - size(instruction, count: 1024)
            longest = max(longest, (bytes + 512) / 1024)
        }
        #expect(longest == kind.worstInstruction)
    }

    @Test(arguments: Kind.allCases)
    func theFramesAreAsSmallAsTheySay(_ kind: Kind) throws {
        let none = SuperscalarProgram(instructions: [])
        let many = try emit(kind, [SuperscalarProgram](repeating: none, count: 65))
        let few = try emit(kind, [SuperscalarProgram](repeating: none, count: 33))
        let program = (many.size - few.size + 31) / 32
        #expect(program <= kind.worstProgram)
        #expect(program > kind.worstProgram / 2)
        let frame = few.size - few.codeStart - 33 * program
        #expect(frame <= kind.worstFrame)
        #expect(frame > kind.worstFrame / 2)
    }

    @Test func thereIsRoomForAllConstants() throws {
        let none = try emit(.batches, [SuperscalarProgram(instructions: [])])
        let reciprocals = (0..<64 as Range<UInt32>).map {
            SuperscalarInstruction(opcode: .imulRcp, dst: 0, src: 0, mod: 0, imm32: 0x1234_5601 + 2 * $0)
        }
        let some = try emit(.batches, [SuperscalarProgram(instructions: reciprocals)])
        // And the mask of high halves; that of low ones is for wide multiplications.
        #expect(some.constants == none.constants + 1 + SuperscalarBatchEmitter.constantsPerInstruction * 64)
        #expect(none.constants + 2 == SuperscalarBatchEmitter.fixedConstants)
        // Lanes need no mask of high halves.
        let lanes = try (
            emit(.lanes, [SuperscalarProgram(instructions: [])]),
            emit(.lanes, [SuperscalarProgram(instructions: reciprocals)])
        )
        #expect(lanes.1.constants == lanes.0.constants + 64)
        #expect(lanes.0.constants + 1 == ItemLanesEmitter.fixedConstants)
    }
}
