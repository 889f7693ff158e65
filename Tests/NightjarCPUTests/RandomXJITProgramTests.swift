import CHashing
import Foundation
import NightjarAlgorithms
import NightjarCore
import NightjarCPU
import Testing

/// Compiled programs against interpreted ones.
@Suite struct RandomXJITProgramTests {
    /// Every member of the family, and each with all instructions equally likely and branches taken often.
    private static let cases: [(name: String, parameters: RandomXParameters, programs: Int)] = {
        var cases: [(String, RandomXParameters, Int)] = []
        for algorithm in Catalog.all {
            guard let parameters = algorithm.randomX else { continue }
            cases.append((algorithm.name, parameters.small(iterations: 128), algorithm == .rx0 ? 10_000 : 1000))
            let even = parameters.small(iterations: 32, frequencies: RandomXParameters.evenFrequencies, jumpBits: 2)
            cases.append(("\(algorithm.name), even frequencies", even, 1000))
        }
        return cases
    }()

    @Test(arguments: cases.map(\.name))
    func randomPrograms(name: String) throws {
        let (_, parameters, programs) = try #require(Self.cases.first { $0.name == name })
        var random = SplitMix(state: 1)
        let machines = try TwoMachines(parameters, &random)
        var modesLeft: [UInt32: Int] = [:]
        for number in 0..<programs {
            let bytes = (0..<16 + parameters.programSize).map { _ in random.next() }
            machines.run(bytes, rounding: UInt32(number & 3))
            modesLeft[machines.roundings.0, default: 0] += 1
            guard machines.agree else {
                Issue.record("program \(number) of \(name): \(machines.registerFiles), \(machines.roundings)")
                return
            }
        }
        // The comparison is worth something only where each mode came to pass.
        for mode in 0..<4 as Range<UInt32> { #expect(modesLeft[mode, default: 0] > programs / 10) }
    }
}
