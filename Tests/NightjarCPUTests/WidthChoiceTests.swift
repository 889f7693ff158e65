import NightjarAlgorithms
import NightjarCPU
import NightjarCore
import Testing

/// How many CryptoNight hashes take turns in a lane.
@Suite(.timeLimit(.minutes(10))) struct WidthChoiceTests {
    private static func parameters(_ algorithm: Algorithm) throws -> CryptoNightParameters {
        guard let parameters = algorithm.parameters as? CryptoNightParameters else { throw Unexpected() }
        return parameters
    }

    private struct Unexpected: Error {}

    @Test func whoeverWaitsTakesTurns() throws {
        #expect(try WidthChoice.limit(Self.parameters(.cn0), implementation: .native) == CryptoNightHasher.widest)
        #expect(CryptoNightHasher.widest >= 5)
    }

    @Test func whoeverComputesAllTheTimeTakesNoTurns() throws {
        #expect(try WidthChoice.limit(Self.parameters(.cnGPU), implementation: .native) == 1)
        #expect(try WidthChoice.limit(Self.parameters(.cn0), implementation: .portable) == 1)
    }

    @Test func itIsSaid() {
        let turns = "1 to 8 hashes take turns in a lane; the fastest number is found by measuring"
        #expect(WidthChoice.explanation(limit: 1, scratchpads: 1) == nil)
        #expect(WidthChoice.explanation(limit: 8, scratchpads: nil) == turns)
        #expect(
            WidthChoice.explanation(limit: 8, scratchpads: 4)
                == "a lane's part of the cache holds 4 scratchpads; " + turns)
        #expect(
            WidthChoice.explanation(limit: 8, scratchpads: 1)
                == "a lane's part of the cache holds 1 scratchpad; " + turns)
    }

    @Test func theFastestIsSaid() {
        #expect(
            WidthChoice.remark(of: Array(1...8), fastest: nil) == "comparing 1–8 hashes at a time during work")
        #expect(WidthChoice.remark(of: Array(1...8), fastest: 3) == "3 hashes at a time (fastest of 1–8)")
        #expect(
            WidthChoice.remark(of: Array(1...4), fastest: 1)
                == "1 hash at a time (fastest of 1–4)")
        #expect(
            WidthChoice.remark(of: [8, 16, 32], fastest: 32)
                == "32 hashes at a time (fastest of 8, 16 and 32)")
    }
}
