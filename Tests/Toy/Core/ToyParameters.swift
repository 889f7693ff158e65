import NightjarCore
import NightjarDevices

/// The parameters of a proof of work that only tests know: four FNV-1a sums of 80 bytes, and no scratchpad.
///
/// It stands for a family that is unlike all that Nightjar has. Its folders, one for a room, are all that it takes beside
/// its rows in ``Toy``.
package struct ToyParameters: KnownAnswerSource {
    /// Whether its known answers are wrong.
    package var lies: Bool

    package init(lies: Bool = false) { self.lies = lies }

    package static var family: String { "toy" }
    package var scratchpad: Int? { nil }
    package var inputLengths: ClosedRange<Int> { Self.size...Self.size }
    package var firstDifficulty: UInt64 { 1000 }

    /// Bytes of an input; the nonce is the last four.
    package static let size = 80
    package static let nonceOffset = 76

    /// Computed elsewhere.
    package func knownAnswers(of algorithm: Algorithm) -> [KnownAnswer] {
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
}
