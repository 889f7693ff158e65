import NightjarAlgorithms
import Testing

@Suite(.timeLimit(.minutes(5))) struct CryptoNightRandomMathTests {
    /// Every program of the first 3000 heights, folded into one number; the expected one was made from the programs of
    /// Monero's own generator.
    @Test func programsOfManyHeights() {
        var fold: UInt64 = 0
        for height in UInt64(0)..<3000 {
            let instructions = RandomMath(height: height).instructions
            for step in instructions {
                let word =
                    UInt64(step.opcode.rawValue) + 8 * UInt64(step.dst) + 64 * UInt64(step.src)
                    + 1024 * UInt64(step.constant)
                fold = fold &* 6_364_136_223_846_793_005 &+ word
            }
            fold = fold &* 6_364_136_223_846_793_005 &+ UInt64(instructions.count)
        }
        #expect(fold == 0x0be82ce09e289f5f)
    }

    @Test(arguments: [0, 1, 1_806_260, UInt64.max])
    func programsAreWithinBounds(height: UInt64) {
        let program = RandomMath(height: height)
        #expect((60...RandomMath.maximumCount).contains(program.instructions.count))
        #expect(program.instructions.allSatisfy { (0...3).contains($0.dst) && (0...8).contains($0.src) })
        #expect(program.instructions.allSatisfy { $0.opcode == .add || $0.constant == 0 })
        #expect(program.instructions.contains { $0.src == 8 })
    }
}
