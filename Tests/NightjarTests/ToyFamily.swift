import NightjarAlgorithms
import NightjarCPU
import NightjarCore
import NightjarDevices

/// The parameters of a proof of work that only tests know: four FNV-1a sums of 80 bytes, and no scratchpad.
struct ToyParameters: KnownAnswerSource {
    /// Whether its known answers are wrong.
    var lies = false

    static var family: String { "toy" }
    var scratchpad: Int? { nil }
    var inputLengths: ClosedRange<Int> { 80...80 }
    var firstDifficulty: UInt64 { 1000 }

    /// Computed elsewhere.
    func knownAnswers(of algorithm: Algorithm) -> [KnownAnswer] {
        [
            ([UInt8](repeating: 0, count: 80), "65890b29b8844bf1a6a2959ac5d909b3e7bb1f0cd32ec87428d5a97de0838636"),
            (
                [UInt8](0..<80),
                lies
                    ? String(repeating: "00", count: 32)
                    : "b570da8700fe2281e6c6223f36571b5be7dade6ef28de5baa84bde385cd040eb"
            ),
        ].compactMap { input, hex in
            guard let work = try? Work(algorithm: algorithm, input: input), let digest = Digest(hex: hex) else {
                return nil
            }
            return KnownAnswer(work: work, digest: digest)
        }
    }

    static func digest(_ input: some Sequence<UInt8>) -> Digest {
        var sums: (UInt64, UInt64, UInt64, UInt64) = (basis, basis + 1, basis + 2, basis + 3)
        for byte in input {
            sums.0 = (sums.0 ^ UInt64(byte)) &* prime
            sums.1 = (sums.1 ^ UInt64(byte)) &* prime
            sums.2 = (sums.2 ^ UInt64(byte)) &* prime
            sums.3 = (sums.3 ^ UInt64(byte)) &* prime
        }
        return Digest(words: sums)
    }

    private static let basis: UInt64 = 0xCBF2_9CE4_8422_2325
    private static let prime: UInt64 = 0x100_0000_01B3
}

/// The toy on the native CPU.
struct ToyCPUFamily: CPUFamily {
    static let batch = 1000

    init(_ machine: CPUMachine) {}

    func widths(_ parameters: ToyParameters, _ implementation: Implementation, settles: Bool) -> CPUWidths {
        CPUWidths(1...1, batch: Self.batch)
    }

    func hasher(_ parameters: ToyParameters, _ seat: CPUHasherSeat) -> any CPUHasher { ToyHasher() }
}

private final class ToyHasher: CPUHasher {
    func prepare(_ work: Work) {}

    func hash(_ inputs: UnsafeRawBufferPointer, into digests: UnsafeMutableBufferPointer<Digest>, width: Int) {
        let size = inputs.count / digests.count
        for index in digests.indices {
            digests[index] = ToyParameters.digest(inputs[index * size..<(index + 1) * size])
        }
    }
}
