import NightjarCore
import Testing

@Suite(.timeLimit(.minutes(5))) struct TargetTests {
    @Test func easiestTargetHasDifficultyOne() {
        #expect(Target.easiest.difficulty == .one)
        #expect(Target(difficulty: .one) == .easiest)
        #expect(Difficulty(0) == nil)
        #expect(Target.easiest.isMet(by: Digest(words: (.max, .max, .max, .max))))
    }

    /// The rule of a node for a block: hash · difficulty < 2²⁵⁶.
    @Test func blocksAreComparedOver256Bits() throws {
        let two = Target(difficulty: try #require(Difficulty(2)))
        #expect(two.isMet(by: Digest(words: (.max, .max, .max, .max >> 1))))
        #expect(!two.isMet(by: Digest(words: (0, 0, 0, 1 << 63))))
        let three = Target(difficulty: try #require(Difficulty(3)))
        let third: UInt64 = 0x5555_5555_5555_5555
        #expect(three.isMet(by: Digest(words: (third, third, third, third))))
        #expect(!three.isMet(by: Digest(words: (third + 1, third, third, third))))
    }

    /// Each word decides only where all above it are equal.
    @Test func everyWordIsCompared() {
        let target = Target(words: (5, 6, 7, 8))
        #expect(target.isMet(by: Digest(words: (5, 6, 7, 8))))
        #expect(target.isMet(by: Digest(words: (.max, .max, .max, 7))))
        #expect(target.isMet(by: Digest(words: (.max, .max, 6, 8))))
        #expect(target.isMet(by: Digest(words: (.max, 5, 7, 8))))
        #expect(target.isMet(by: Digest(words: (4, 6, 7, 8))))
        #expect(!target.isMet(by: Digest(words: (6, 6, 7, 8))))
        #expect(!target.isMet(by: Digest(words: (0, 7, 7, 8))))
        #expect(!target.isMet(by: Digest(words: (0, 0, 8, 8))))
        #expect(!target.isMet(by: Digest(words: (0, 0, 0, 9))))
        // A device, which looks at the top word alone, hands up the last but one of these, and not the last.
        #expect(target.mayBeMet(byTop: 8) && !target.mayBeMet(byTop: 9))
    }

    /// A pool's 64-bit target: the hash's top word is less than it.
    @Test(arguments: [1, 2, 0x0006_8DB8_0000_0000, 1 << 63, .max] as [UInt64])
    func aCryptoNotePoolsRule(_ value: UInt64) throws {
        let target = try #require(Target(cryptonote: value))
        #expect(target.isMet(by: Digest(words: (.max, .max, .max, value - 1))))
        #expect(!target.isMet(by: Digest(words: (0, 0, 0, value))))
        #expect(Target(cryptonote: 0) == nil)
    }

    private static let difficulties: [UInt128] = [
        1, 2, 3, 5, 255, 256, 257, 1_000_000_007, (1 << 64) - 1, 1 << 64, (1 << 79) + 12345, 1 << 127,
    ]

    /// Up to 2¹²⁷, a difficulty comes back from its target; Bitcoin's is near 2⁷⁹ today.
    @Test(arguments: Self.difficulties)
    func difficultyAndTargetAreTheSameThing(_ value: UInt128) throws {
        let difficulty = try #require(Difficulty(value))
        #expect(Target(difficulty: difficulty).difficulty == difficulty)
    }

    /// Computed with Python: 2**256 // (target + 1), rounded.
    @Test func difficultiesOfGivenTargets() {
        // Bitcoin's difficulty 1: 0xFFFF · 2²⁰⁸.
        #expect(Target(words: (0, 0, 0, 0xFFFF_0000)).difficulty.value == 4_295_032_833)
        #expect(Target(words: (0, 0, 1, 0)).difficulty.value == UInt128.max)
        #expect(Target(words: (.max, .max, 0, 0)).difficulty.value == UInt128.max)
        #expect(Target(words: (0, 0, 2, 0)).difficulty.value == 170_141_183_460_469_231_731_687_303_715_884_105_728)
        #expect(Target(words: (0, 0, 0, 0)).difficulty.value == UInt128.max)
    }

    @Test func littleEndianBytes() throws {
        let bytes = [UInt8](1...32)
        #expect(try #require(Target(littleEndian: bytes)).top == 0x201F_1E1D_1C1B_1A19)
        #expect(Target(littleEndian: bytes.dropLast()) == nil)
    }
}
