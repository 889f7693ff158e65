import NightjarAlgorithms
import NightjarCPU
import NightjarCore
import Testing

/// How many CryptoNight hashes take turns in a lane.
@Suite struct WidthChoiceTests {
    private static func parameters(_ algorithm: Algorithm) throws -> CryptoNightParameters {
        guard case .cryptonight(let parameters) = algorithm.family else { throw Unexpected() }
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
        let turns = "1 to 8 hashes take turns in a lane, as many as are fastest"
        #expect(WidthChoice.explanation(limit: 1, scratchpads: 1) == nil)
        #expect(WidthChoice.explanation(limit: 8, scratchpads: nil) == turns)
        #expect(
            WidthChoice.explanation(limit: 8, scratchpads: 4)
                == "a lane's share of the cache holds 4 scratchpads; " + turns)
        #expect(
            WidthChoice.explanation(limit: 8, scratchpads: 1)
                == "a lane's share of the cache holds 1 scratchpad; " + turns)
    }

    /// The least time a hash decides, whatever disturbs some of the trials; who comes near has another chance.
    @Test func theFastestAreChosen() {
        let perHash = [1: 10.0, 2: 6.0, 3: 4.0, 4: 4.5, 5: 5.1]
        var calls = 0
        let chosen = WidthChoice.fastest(of: 1...5) { width in
            calls += 1
            // Every other trial is disturbed; each width has at least one that is not.
            return Double(width) * (perHash[width] ?? 0) * (calls % 2 == 0 ? 3 : 1)
        }
        #expect(chosen == [3, 4])
        #expect(calls == 15)
    }

    @Test func fourAtMost() {
        #expect(WidthChoice.fastest(of: 1...8) { Double($0) * (1 + 0.01 * Double($0 % 8)) } == [1, 2, 3, 8])
    }

    @Test func oneAloneIsNotTried() {
        #expect(WidthChoice.fastest(of: 4...4) { _ in Issue.record("a trial"); return 1 } == [4])
    }
}
