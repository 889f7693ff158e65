import CHashing
import Foundation
import NightjarCPU
import Testing

/// Memory for code: never writable and executable at once, and used again and again.
@Suite(.serialized, .timeLimit(.minutes(10))) struct RandomXJITMemoryTests {
    /// The permissions of the mapping that an address is in, as `/proc/self/maps` has them.
    private func permissions(_ address: UInt) throws -> String {
        let file = try #require(FileHandle(forReadingAtPath: "/proc/self/maps"))
        let maps = String(decoding: try #require(try file.readToEnd()), as: UTF8.self)
        for line in maps.split(separator: "\n") {
            let fields = line.split(separator: " ")
            let ends = fields[0].split(separator: "-").compactMap { UInt($0, radix: 16) }
            if ends.count == 2, ends[0] <= address, address < ends[1] { return String(fields[1]) }
        }
        return "none"
    }

    @Test func noPageIsWritableAndExecutable() throws {
        let writable = try WritableCode(size: 5000)
        #expect(writable.size >= 5000)
        let writing = UInt(bitPattern: writable.start)
        #expect(try permissions(writing) == "rw-s")
        var code = Assembler(writable.start)
        code.ret()
        let executable = writable.executable()
        let running = UInt(bitPattern: executable.start)
        #expect(try permissions(running) == "r-xs")
        #expect(running != writing)
        #expect(executable.start.load(as: UInt8.self) == 0xC3)
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
