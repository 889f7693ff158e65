import NightjarCore
import NightjarWire
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5))) struct MoneroTargetTests {
    @Test func poolHexIsLittleEndian() throws {
        #expect(try #require(Target(poolHex: "b88d0600")).value == 0x0006_8DB8 << 32)
        #expect(try #require(Target(poolHex: "0100000000000080")).value == 0x8000_0000_0000_0001)
    }

    @Test(arguments: ["", "00000000", "0000000000000000", "b88d06", "b88d060000", "zz8d0600", "b88d06000000000000"])
    func badTargetsAreRefused(_ hex: String) { #expect(Target(poolHex: hex) == nil) }

    @Test(arguments: [1, 2, 3, 7, 1000, 99_999, 100_000, 480_045, 0xFFFF_FFFF] as [UInt64])
    func fourByteTargetsNeverOverAccept(_ difficulty: UInt64) throws {
        let short = UInt64(UInt32.max) / difficulty
        let hex = Hex.encode((0..<4).map { UInt8(truncatingIfNeeded: short >> ($0 * 8)) })
        let target = try #require(Target(poolHex: hex))
        #expect(target.value <= Target(difficulty: try #require(Difficulty(difficulty))).value)
    }

    @Test(arguments: [1, 2, 0x0006_8DB8_0000_0000, 1 << 63, .max] as [UInt64])
    func anEightByteTargetIsWrittenAsItWasRead(_ value: UInt64) throws {
        let hex = Hex.encode((0..<8).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) })
        let target = try #require(Target(poolHex: hex))
        #expect(target.poolHex == hex && target.value == value)
        #expect(target.poolDifficulty.text == "\(UInt64.max / value)")
        #expect(Target(poolDifficulty: try #require(Difficulty(1000))).poolDifficulty.text == "1000")
    }

    @Test func aPoolsOwnUnit() throws {
        let bitcoin = try #require(PoolDifficulty(text: "0.001", hashesPerUnit: 0x1p32))
        #expect(bitcoin.description == "0.001" && bitcoin.value == 0.001)
        #expect(bitcoin.met(by: Digest(words: (0, 0, 0, 1))).value == 0x1p32)
        #expect(PoolDifficulty(hashes: 8).met(by: Digest(words: (.max, .max, .max, 0))).text == "18446744073709551616")
        #expect(
            PoolDifficulty(text: "0", hashesPerUnit: 1) == nil && PoolDifficulty(text: "x", hashesPerUnit: 1) == nil)
    }

    /// For people; the text that JSON has keeps every digit.
    @Test(arguments: [
        ("0.00012345678901", "0.0001235"), ("0.00015", "0.00015"), ("1.5", "1.5"), ("1.0", "1"), ("0.99996", "1"),
        ("999.96", "1000"), ("16384.25", "16384"), ("16384", "16384"), ("2.3283064365386963e-10", "0.0000000002328"),
        ("1e15", "1000000000000000"), ("1e30", "1e+30"), ("1e-40", "1e-40"),
        ("340282366920938463463374607431768211455", "340282366920938463463374607431768211455"),
    ])
    func aFractionIsShownShort(_ text: String, _ shown: String) throws {
        let difficulty = try #require(PoolDifficulty(text: text, hashesPerUnit: 0x1p32))
        #expect(difficulty.description == shown && difficulty.text == text)
    }
}
