import NightjarAlgorithms
import NightjarCore

/// Checks that hashes that take turns have the digests of single ones, in every width and place.
struct WidthCheck {
    private static let inputSize = 76
    /// Its main loop is shorter than the variant's: a check of every width takes less than ten hashes do.
    private let hasher: CryptoNightHasher

    /// - Parameters: the parameters of the lane's hasher. That hasher must not be prepared yet, because the check uses
    ///   the same compiler first.
    init(
        _ parameters: CryptoNightParameters, scratchpads: UnsafeMutableRawBufferPointer, width: Int,
        implementation: Implementation, compiler: CompiledRandomMath?
    ) {
        let turns = max(parameters.iterations / 16, min(parameters.iterations, 0x1000))
        let parameters = CryptoNightParameters(
            base: parameters.base, features: parameters.features, memory: parameters.memory, iterations: turns,
            mask: parameters.mask)
        hasher = CryptoNightHasher(
            parameters, scratchpads: scratchpads, width: width, implementation: implementation, compiler: compiler)
        hasher.prepare(height: 1)
    }

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
