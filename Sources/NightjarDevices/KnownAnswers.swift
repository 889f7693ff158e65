import NightjarCore

/// The digests and benchmark checksums that this build knows without computing them.
///
/// `Scripts/generate-known-answers.py` writes them from `Tests/Vectors`, because the engine needs its own copy. The
/// script tells which rows it takes.
package enum KnownAnswers {
    /// The known answers for `algorithm`: at least two for each algorithm in the ``Catalog``, none for any other.
    ///
    /// All of RandomX's have the benchmark's seed, 32 zero bytes, so that one cache serves them all.
    package static func answers(for algorithm: Algorithm) -> [KnownAnswer] {
        rows.filter { $0.algorithm == algorithm.name }.compactMap { row in
            guard let input = Hex.decode(row.input), let digest = Digest(hex: row.digest),
                let epoch = try? Epoch(algorithm, height: row.height, seed: benchmarkSeed),
                let work = try? Work(algorithm: algorithm, input: input, epoch: epoch)
            else { return nil }
            return KnownAnswer(work: work, digest: digest)
        }
    }

    /// The known checksum of a benchmark over the nonces `0..<hashes`; `nil` where it is not known.
    ///
    /// A checksum is the XOR of the top words of the compared values (digests or commitments) over ``benchmark(_:)``.
    package static func checksum(of algorithm: Algorithm, hashes: UInt64) -> UInt64? {
        checksums[algorithm.name]?[hashes]
    }

    /// The work of a benchmark: zero bytes with a place for the nonce, height 1, and a seed of 32 zero bytes.
    package static func benchmark(_ algorithm: Algorithm) throws(NightjarError) -> Work {
        let (length, nonceOffset) = algorithm.benchmarkInput
        return try Work(
            algorithm: algorithm, input: [UInt8](repeating: 0, count: length), nonceOffset: nonceOffset,
            epoch: try Epoch(algorithm, height: 1, seed: benchmarkSeed))
    }

    private static let benchmarkSeed = [UInt8](repeating: 0, count: 32)

    struct Row {
        let algorithm: String
        var height: UInt64? = nil
        let input: String
        let digest: String
    }
}
