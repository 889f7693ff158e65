import NightjarAlgorithms
import NightjarCPU
import NightjarCore
import Testing

/// The choice between copies of RandomX programs and changes of the processor's rounding mode.
@Suite(.timeLimit(.minutes(2))) struct ProgramChoiceTests {
    @Test func thereIsAChoiceWhereTheProcessorHasOne() throws {
        let choice = ProgramChoice()
        // v2 seldom changes its mode.
        #expect(choice.result(try #require(Algorithm.rx2.randomX)) == nil)
        let result = choice.result(try #require(Algorithm.rx0.randomX))
        #expect((result != nil) == RandomXCompiledHasher.mayCopyPrograms)
        guard let result else { return }
        #expect(result.gain > 0)
        // It is measured once for all variants.
        #expect(choice.result(try #require(Algorithm.rxWow.randomX)) == result)
    }

    @Test func itIsSaidWhereCopiesAreFaster() {
        #expect(
            ProgramChoice.Result(gain: 1.114).remark
                == "a copy of each program for each rounding mode: measured as faster than changes of the mode")
        #expect(ProgramChoice.Result(gain: 1.114).copies)
        #expect(ProgramChoice.Result(gain: 0.97).remark == nil)
        #expect(!ProgramChoice.Result(gain: 0.97).copies)
    }
}
