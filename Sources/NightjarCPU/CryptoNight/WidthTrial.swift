import NightjarAlgorithms
import NightjarCore

/// Trial hashes of a lane before it has work. They measure how fast each width is, and check that it gives right
/// digests.
///
/// Known answers have no place for a nonce and are hashed one by one, so they do not check the other places of a batch.
/// This trial does.
struct WidthTrial {
    private static let inputSize = 76
    /// Its main loop is shorter than the variant's, but long enough to fill the caches.
    private let hasher: CryptoNightHasher

    /// - Parameters: the parameters of the lane's hasher. That hasher must not be prepared yet, because the trial uses
    ///   the same compiler first.
    init(
        _ parameters: CryptoNightParameters, scratchpads: UnsafeMutableRawBufferPointer, width: Int,
        implementation: Implementation, compiler: CompiledRandomMath?
    ) {
        let turns = max(parameters.iterations / 4, min(parameters.iterations, 0x8000))
        let parameters = CryptoNightParameters(
            base: parameters.base, features: parameters.features, memory: parameters.memory, iterations: turns,
            mask: parameters.mask)
        hasher = CryptoNightHasher(
            parameters, scratchpads: scratchpads, width: width, implementation: implementation, compiler: compiler)
        hasher.prepare(height: 1)
    }

    /// Makes `width` hashes at once.
    func hash(_ width: Int) { _ = digests(0..<width) }

    /// The first width from 1 to `most` whose digests differ from those of single hashes; `nil` when all are right.
    func wrong(upTo most: Int) -> Int? {
        let alone = (0..<most).flatMap { digests($0..<$0 + 1) }
        return (1...most).first { digests(0..<$0) != Array(alone.prefix($0)) }
    }

    /// The digests of numbered inputs, all hashed at once.
    private func digests(_ numbers: Range<Int>) -> [Digest] {
        let bytes = numbers.flatMap { [UInt8](repeating: UInt8($0), count: Self.inputSize) }
        return [Digest](unsafeUninitializedCapacity: numbers.count) { buffer, count in
            count = numbers.count
            let digests = UnsafeMutableBufferPointer(rebasing: buffer[..<count])
            digests.initialize(repeating: Digest())
            bytes.withUnsafeBytes { hasher.hash($0, into: digests, width: count) }
        }
    }
}
