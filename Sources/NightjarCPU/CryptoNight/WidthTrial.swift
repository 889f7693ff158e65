import NightjarAlgorithms
import NightjarCore

/// Hashes of a lane before it has work: how long do some take that take turns, and are they right?
///
/// Known answers have no place for a nonce and are hashed one by one. This is what proves the other places of a batch.
struct WidthTrial {
    private static let inputSize = 76
    /// Its main loop is shorter than the variant's, and still long enough to fill the caches.
    private let hasher: CryptoNightHasher

    /// - Parameters: those of the lane's hasher, which is not to be prepared yet: the compiler is used here first.
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

    /// So many hashes at once.
    func hash(_ width: Int) { _ = digests(0..<width) }

    /// The first number of hashes, from 1 to `most`, that are not at once what each is by itself.
    func wrong(upTo most: Int) -> Int? {
        let alone = (0..<most).flatMap { digests($0..<$0 + 1) }
        return (1...most).first { digests(0..<$0) != Array(alone.prefix($0)) }
    }

    /// The digests of inputs by their numbers, all at once.
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
