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

    /// - Parameter isFull: whether RandomX reads a dataset.
    package init(_ algorithm: Algorithm, isFull: Bool) {
        scratchpad = Double(algorithm.memory)
        (algorithm.parameters as? any CountsWork)?.count(&self, isFull: isFull)
    }
}

/// A family whose work can be told from its definition.
private protocol CountsWork {
    /// Adds what the family's parameters say; the scratchpad is there.
    func count(_ work: inout HashWork, isFull: Bool)
}

extension CryptoNightParameters: CountsWork {
    func count(_ work: inout HashWork, isFull: Bool) {
        let turns = Double(iterations)
        work.iterations = turns
        // As the parameters tell: two dependent accesses in a turn; three, or one.
        work.randomLines = turns * (base == .gpu ? 1 : features.contains(.heavy) ? 3 : 2)
    }
}

extension RandomXParameters: CountsWork {
    func count(_ work: inout HashWork, isFull: Bool) {
        let turns = Double(programCount * programIterations)
        work.iterations = turns
        // Two lines of the scratchpad, and one of the dataset, or what makes it of the cache. The program's own reads, most
        // of them near, are not counted.
        work.randomLines = turns * (2 + (isFull ? 1 : Double(cacheAccesses)))
        work.shared = isFull ? Double(datasetBaseSize + datasetExtraSize) : Double(cacheKiB) * 1024
    }
}

extension ScryptParameters: CountsWork {
    func count(_ work: inout HashWork, isFull: Bool) {
        // Two loops over as many blocks of 128 bytes; the second reads them at random.
        let blocks = work.scratchpad / 128
        work.iterations = 2 * blocks
        work.randomLines = 2 * blocks
    }
}

extension SHA256dParameters: CountsWork {
    /// Of one SHA-256 compression: 64 rounds of 24 operations (six rotations, four XORs, three of ch, four of maj, seven
    /// additions), 48 words of the schedule of 13, and eight additions (FIPS 180-4, 6.2.2).
    private static let compression = 64.0 * 24 + 48 * 13 + 8

    func count(_ work: inout HashWork, isFull: Bool) {
        // The first block's beginning is the same for all nonces.
        work.operations = 2 * Self.compression
    }
}
