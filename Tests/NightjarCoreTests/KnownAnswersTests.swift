import NightjarCore
import NightjarDevices
import TestSupport
import Testing

/// The engine reads its own copies as the tests read `Tests/Vectors`. `Scripts/generate-known-answers.py --check` holds
/// the copies equal to the vectors.
@Suite(.timeLimit(.minutes(5))) struct KnownAnswersTests {
    @Test(arguments: Catalog.all)
    func answersAreReadAsTheVectorsAre(_ algorithm: Algorithm) throws {
        let vectors = try Vectors.hashes(algorithm.name)
        let answers = KnownAnswers.answers(for: algorithm)
        #expect(answers.count >= 2)
        #expect(Set(answers).count == answers.count)
        // A row that can't be read would be left out: the rules for seeds and heights say how many rows there are.
        if algorithm.needs.contains(.seed) {
            let seed = try KnownAnswers.benchmark(algorithm).seed
            #expect(answers.count == vectors.filter { $0.seed?.bytes == seed }.count)
        }
        if algorithm.needs.contains(.height) {
            #expect(answers.count == vectors.filter { $0.height == vectors.first?.height }.count)
        }
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
    func checksumsAreReadAsTheVectorsAre(_ algorithm: Algorithm) throws {
        let vectors = try Vectors.checksums(algorithm.name)
        #expect(vectors.contains { $0.hashes == 64 })
        for vector in vectors {
            let checksum = try #require(KnownAnswers.checksum(of: algorithm, hashes: UInt64(vector.hashes)))
            #expect(Hex.encodeUpper(checksum) == vector.checksum)
        }
        #expect(KnownAnswers.checksum(of: algorithm, hashes: 63) == nil)
    }
}
