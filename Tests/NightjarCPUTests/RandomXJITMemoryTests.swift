import CHashing
import Foundation
import NightjarCPU
import TestSupport
import Testing

/// Memory for code: never writable and executable at once, and used again and again.
@Suite(.serialized, .timeLimit(.minutes(10))) struct RandomXJITMemoryTests {
    /// The mapping that an address is in.
    private func mapping(_ address: UInt) throws -> MemoryMapping {
        try #require(MemoryMapping.all().first { $0.addresses.contains(address) })
    }

    @Test func noPageIsWritableAndExecutable() throws {
        let writable = try WritableCode(size: 5000)
        #expect(writable.size >= 5000)
        let writing = UInt(bitPattern: writable.start)
        #expect(try mapping(writing).mode == "rw-s")
        var code = Assembler(writable.start)
        code.ret()
        let executable = writable.executable()
        let running = UInt(bitPattern: executable.start)
        #expect(try mapping(running).mode == "r-xs")
        #expect(running != writing)
        #expect(executable.start.load(as: UInt8.self) == 0xC3)
    }

    /// Code that is written once keeps only the mapping that it runs from.
    @Test func fixedCodeCannotBeWritten() throws {
        func modes(ofFileAt address: UnsafeRawPointer) throws -> [String] {
            let file = try mapping(UInt(bitPattern: address)).file
            return MemoryMapping.all().filter { $0.file == file }.map(\.mode).sorted()
        }
        let writable = try WritableCode(size: 64)
        var code = Assembler(writable.start)
        code.ret()
        #expect(try modes(ofFileAt: writable.start) == ["r-xs", "rw-s"])
        let fixed = writable.fixed()
        #expect(try modes(ofFileAt: fixed.start) == ["r-xs"])
        #expect(fixed.start.load(as: UInt8.self) == 0xC3)
    }

    /// More of them, one after the other, than a process may have mappings or files.
    @Test func nothingLeaks() throws {
        for _ in 0..<40_000 { #expect(try WritableCode(size: 1).size > 0) }
    }

    /// Each version of code that replaces another is the one that runs.
    @Test func rewrittenCodeRuns() throws {
        var registers = nj_rx_registers()
        var rounding: UInt32 = 0
        var pad: UInt8 = 0
        var writable = try WritableCode(size: 64)
        for round in 0..<1000 as Range<UInt64> {
            var code = Assembler(writable.start)
            code.mov(.rax, round &* 0x9E37_79B9_7F4A_7C15)
            code.mov(Address(.rdx), .rax)
            code.ret()
            let executable = writable.executable()
            nj_rx_execute_compiled(executable.start, nil, &pad, &registers, nil, &rounding)
            #expect(registers.r.0 == round &* 0x9E37_79B9_7F4A_7C15)
            writable = executable.writable()
        }
    }
}
