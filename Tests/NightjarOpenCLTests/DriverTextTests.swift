import NightjarOpenCL
import Testing

/// What a driver calls its devices, and what its compiler says.
@Suite("Drivers' texts are printable and short", .timeLimit(.minutes(1)))
struct DriverTextTests {
    @Test("Names lose blanks, controls and length")
    func names() {
        #expect(driverText(Array("  A chip \0 rest".utf8)) == "A chip")
        #expect(driverText(Array("\u{1B}[2Ja\u{202E}b\nc".utf8)) == "[2Ja\u{FFFD}b\u{FFFD}c")
        #expect(driverText([0x41, 0xFF, 0x42]) == "A\u{FFFD}B")
        let long = driverText([UInt8](repeating: 0x61, count: 100_000))
        #expect(long == String(repeating: "a", count: 256) + "…")
    }

    @Test("A log keeps its lines")
    func logs() {
        let log = driverLog(Array("a.cl:1:\terror: \u{1B}[31mno\u{202E}\n\nnext\0rest".utf8))
        #expect(log == "a.cl:1: error: \u{FFFD}[31mno\u{FFFD}\n\nnext")
        #expect(driverLog([UInt8](repeating: 0x61, count: 1 << 20)).utf8.count < 1100)
    }

    @Test("A driver's file is named in one line")
    func drivers() {
        let driver = OpenCLDriver(name: "a\u{202E}.icd", library: "l\u{1B}.so")
        #expect(driver.description == "a\u{FFFD}.icd (l\u{FFFD}.so)")
    }
}
