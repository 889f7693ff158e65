import NightjarCore
import Testing

@Suite(.timeLimit(.minutes(5))) struct TargetTests {
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

    @Test func easiestTargetHasDifficultyOne() {
        #expect(Target.easiest.difficulty == .one)
        #expect(Target(difficulty: .one) == .easiest)
        #expect(Difficulty(0) == nil)
    }

    @Test func blocksAreComparedOver256Bits() throws {
        let two = try #require(Difficulty(2))
        #expect(two.isMetAsBlock(by: Digest(words: (.max, .max, .max, .max >> 1))))
        #expect(!two.isMetAsBlock(by: Digest(words: (0, 0, 0, 1 << 63))))
        let three = try #require(Difficulty(3))
        let third: UInt64 = 0x5555_5555_5555_5555
        #expect(three.isMetAsBlock(by: Digest(words: (third, third, third, third))))
        #expect(!three.isMetAsBlock(by: Digest(words: (third + 1, third, third, third))))
    }
}
