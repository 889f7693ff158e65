import Foundation
import NightjarPlatform

/// The one generator of random numbers in tests, whose sequence follows from its seed (``SplitMix64``).
///
/// With a seed in the source the numbers are the same in each run. Without one they are others in each run, so that
/// more is tried over the days, and are the same again when `NIGHTJAR_TEST_SEED` is set to the number that the run
/// printed.
package struct SeededGenerator: RandomNumberGenerator {
    private var generator: SplitMix64

    package init(seed: UInt64) { generator = SplitMix64(seed: seed) }

    /// Numbers for the calling test: they follow from the run's seed and the test's name, not from which tests ran
    /// before it.
    package init(of function: StaticString = #function, in file: StaticString = #fileID) {
        self.init(seed: TestSeed.value(for: "\(file) \(function)"))
    }

    package mutating func next() -> UInt64 { generator.next() }

    /// So many bytes.
    package mutating func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8.random(in: 0...255, using: &self) }
    }
}

/// The seed of this run of the tests.
private enum TestSeed {
    /// Printed when it is first used, failed or not: a crash leaves no other moment.
    static let run: UInt64 = {
        let text = ProcessInfo.processInfo.environment["NIGHTJAR_TEST_SEED"]
        let seed: UInt64
        if let text {
            guard let number = UInt64(text) else {
                preconditionFailure("NIGHTJAR_TEST_SEED is no number from 0 to 2^64 - 1: \(text)")
            }
            seed = number
        } else {
            seed = .random(in: 0...UInt64.max)
        }
        print("NIGHTJAR_TEST_SEED=\(seed)")
        return seed
    }()

    /// FNV-1a over the name, from the run's seed on. (Swift's own hashes differ from process to process.)
    static func value(for name: String) -> UInt64 {
        name.utf8.reduce(0xCBF2_9CE4_8422_2325 ^ run) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }
}
