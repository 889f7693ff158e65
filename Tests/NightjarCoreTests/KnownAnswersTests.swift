import NightjarCore
import NightjarDevices
import TestSupport
import Testing

/// The engine's own copies are held equal to `Tests/Vectors`.
@Suite(.timeLimit(.minutes(5))) struct KnownAnswersTests {
    @Test(arguments: Catalog.all)
    func answersAreTheVectors(_ algorithm: Algorithm) throws {
        let vectors = try Vectors.hashes(algorithm.name)
        let answers = KnownAnswers.answers(for: algorithm)
        #expect(answers.count >= 2)
        #expect(Set(answers).count == answers.count)
        for answer in answers {
            let vector = try #require(
                vectors.first { $0.input.bytes == answer.work.input && $0.hash.bytes == answer.digest.bytes })
            #expect(answer.work.nonceOffset == nil)
            if algorithm.needs.contains(.height) { #expect(vector.height == answer.work.height) }
            if algorithm.needs.contains(.seed) { #expect(vector.seed?.bytes == answer.work.seed) }
        }
    }

    @Test(arguments: Catalog.all)
    func randomXAnswersShareTheBenchmarksSeed(_ algorithm: Algorithm) throws {
        let seed = try KnownAnswers.benchmark(algorithm).seed
        for answer in KnownAnswers.answers(for: algorithm) where algorithm.needs.contains(.seed) {
            #expect(answer.work.seed == seed)
        }
    }

    @Test(arguments: Catalog.all)
    func checksumsAreTheVectors(_ algorithm: Algorithm) throws {
        let vectors = try Vectors.checksums(algorithm.name)
        #expect(vectors.contains { $0.hashes == 64 })
        for vector in vectors {
            let checksum = try #require(KnownAnswers.checksum(of: algorithm, hashes: UInt64(vector.hashes)))
            #expect(Hex.encodeUpper(checksum) == vector.checksum)
        }
        #expect(KnownAnswers.checksum(of: algorithm, hashes: 63) == nil)
    }
}
