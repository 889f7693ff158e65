import NightjarCore

/// What a hash of an algorithm needs, counted from the algorithm's definition: what must be compared with what a device can
/// do.
package struct HashWork: Sendable, Hashable {
    /// Turns of the main loop.
    package var iterations: Double?
    /// Lines of 64 bytes at places that are not known before: at least so many.
    package var randomLines: Double?
    /// 32-bit operations, where these are what counts. Faster code skips some.
    package var operations: Double?
    /// Bytes that a hash in flight works in.
    package var scratchpad: Double
    /// Bytes that all hashes share.
    package var shared = 0.0
    /// Bytes that are written and read in order: scratchpads are filled, and folded at the end.
    package var streamed: Double { 2 * scratchpad }

    /// Of one SHA-256 compression: 64 rounds of 24 operations (six rotations, four XORs, three of ch, four of maj, seven
    /// additions), 48 words of the schedule of 13, and eight additions (FIPS 180-4, 6.2.2).
    private static let compression = 64.0 * 24 + 48 * 13 + 8

    /// - Parameter isFull: whether RandomX reads a dataset.
    package init(_ algorithm: Algorithm, isFull: Bool) {
        scratchpad = Double(algorithm.memory)
        switch algorithm.parameters {
        case let parameters as CryptoNightParameters:
            let turns = Double(parameters.iterations)
            iterations = turns
            // As the parameters tell: two dependent accesses in a turn; three, or one.
            let lines = parameters.base == .gpu ? 1.0 : parameters.features.contains(.heavy) ? 3 : 2
            randomLines = turns * lines
        case let parameters as RandomXParameters:
            let turns = Double(parameters.programCount * parameters.programIterations)
            iterations = turns
            // Two lines of the scratchpad, and one of the dataset, or what makes it of the cache. The program's own reads,
            // most of them near, are not counted.
            randomLines = turns * (2 + (isFull ? 1 : Double(parameters.cacheAccesses)))
            shared =
                isFull
                ? Double(parameters.datasetBaseSize + parameters.datasetExtraSize) : Double(parameters.cacheKiB) * 1024
        case is ScryptParameters:
            // Two loops over as many blocks of 128 bytes; the second reads them at random.
            let blocks = scratchpad / 128
            iterations = 2 * blocks
            randomLines = 2 * blocks
        case is SHA256dParameters:
            // The first block's beginning is the same for all nonces.
            operations = 2 * Self.compression
        default: break
        }
    }
}
