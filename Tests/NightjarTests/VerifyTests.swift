import Nightjar
import NightjarAlgorithms
import NightjarCPU
import NightjarDevices
import TestSupport
import Testing

/// Shares as miners claim them.
@Suite(.serialized, .timeLimit(.minutes(20))) struct VerifyTests {
    private let cpu = CPUBackend()

    private func engine() throws -> Engine { try Engine(threads: 2, randomX: .light, backends: [cpu], verifier: cpu) }

    private func claim(_ vector: Vectors.Hash, target: Target? = nil, flips: Int? = nil) throws -> ClaimedShare {
        var result = (vector.commitment ?? vector.hash).bytes
        if let flips { result[flips] ^= 1 }
        return try ClaimedShare(
            algorithm: try #require(Algorithm.named(vector.algorithm)), input: vector.input.bytes,
            seed: vector.seed?.bytes, height: vector.height, result: try #require(Digest(result)),
            rawHash: Digest(vector.hash.bytes), target: target)
    }

    @Test(arguments: Catalog.all)
    func rightAndWrongResults(_ algorithm: Algorithm) async throws {
        let engine = try engine()
        let vectors = Array(try Vectors.hashes(algorithm.name).prefix(3))
        let right = try vectors.map { try claim($0) }
        #expect(try await engine.verify(right) == vectors.map { _ in .ok })
        #expect(try await engine.verify(right[0]) == .ok)
        let wrong = try claim(vectors[0], flips: 0)
        #expect(try await engine.verify(wrong) == (algorithm.hasCommitment ? .wrongCommitment : .wrongResult))
        await engine.releaseLanes()
    }

    /// A result that is its target meets it; one more does not.
    @Test func targetsAreInclusive() async throws {
        let engine = try engine()
        let vector = try #require(try Vectors.hashes("cn-pico").first)
        let target = try #require(Target(littleEndian: vector.hash.bytes))
        #expect(try await engine.verify(try claim(vector, target: target)) == .ok)
        var less = target.words
        less.0 -= 1
        #expect(try await engine.verify(try claim(vector, target: Target(words: less))) == .aboveTarget)
        #expect(try await engine.verify(try claim(vector, target: .easiest)) == .ok)
        let none = try #require(Target(littleEndian: [UInt8](repeating: 0, count: 32)))
        #expect(try await engine.verify(try claim(vector, target: none)) == .aboveTarget)
        await engine.releaseLanes()
    }

    /// What can be refused without hashing is: nothing here could be hashed on a device that gives wrong answers.
    @Test func cheapRefusalsComeFirst() async throws {
        let engine = try Engine(backends: [FakeBackend(.wrongAnswers, cpu: cpu)], verifier: cpu)
        let vector = try #require(try Vectors.hashes("cn/0").first)
        let none = try #require(Target(littleEndian: [UInt8](repeating: 0, count: 32)))
        #expect(try await engine.verify(try claim(vector, target: none)) == .aboveTarget)
        let error = await #expect(throws: NightjarError.self) { try await engine.verify(try claim(vector)) }
        #expect(error?.code == .selftest)
        await engine.releaseLanes()
    }

    @Test func aCommitmentIsCheckedBeforeTheHash() async throws {
        let engine = try engine()
        let vector = try #require(try Vectors.hashes("rx/2").first)
        let commitment = try #require(vector.commitment)
        func verdict(result: [UInt8], hash: [UInt8], target: Target? = nil) async throws -> Verdict {
            try await engine.verify(
                ClaimedShare(
                    algorithm: .rx2, input: vector.input.bytes, seed: vector.seed?.bytes,
                    result: try #require(Digest(result)), rawHash: Digest(hash), target: target))
        }
        var wrong = vector.hash.bytes
        wrong[5] ^= 0x10
        #expect(try await verdict(result: commitment.bytes, hash: wrong) == .wrongCommitment)
        #expect(try await verdict(result: vector.hash.bytes, hash: vector.hash.bytes) == .wrongCommitment)
        // A commitment that is right for a hash that is not.
        let work = try Work(algorithm: .rx2, input: vector.input.bytes, seed: vector.seed?.bytes)
        let forged = work.proof(try #require(Digest(wrong)))
        #expect(try await verdict(result: forged.compared.bytes, hash: wrong) == .wrongResult)
        // The target is held against the commitment, and first.
        let none = try #require(Target(littleEndian: [UInt8](repeating: 0, count: 32)))
        #expect(try await verdict(result: commitment.bytes, hash: wrong, target: none) == .aboveTarget)
        let own = try #require(Target(littleEndian: commitment.bytes))
        #expect(try await verdict(result: commitment.bytes, hash: vector.hash.bytes, target: own) == .ok)
        #expect(throws: NightjarError.self) {
            try ClaimedShare(algorithm: .rx2, input: [1], seed: [], result: Digest(words: (0, 0, 0, 0)))
        }
        await engine.releaseLanes()
    }

    /// Shares of nine seeds and two algorithms, mixed: the order stays, and eight seeds are kept.
    @Test func manySeedsAreAlive() async throws {
        let engine = try engine()
        let input = [UInt8](repeating: 1, count: 76)
        var shares: [ClaimedShare] = []
        var expected: [Verdict] = []
        let pico = try #require(try Vectors.hashes("cn-pico").first)
        for seed in UInt8(1)...9 {
            let digest = try await engine.hash([input], algorithm: .rxArq, seed: [seed])[0]
            for isRight in [true, false] {
                var words = digest.words
                if !isRight { words.2 ^= 1 }
                shares.append(
                    try ClaimedShare(algorithm: .rxArq, input: input, seed: [seed], result: Digest(words: words)))
                expected.append(isRight ? .ok : .wrongResult)
                shares.append(try claim(pico))
                expected.append(.ok)
            }
        }
        #expect(try await engine.verify(shares) == expected)
        #expect((3...8).contains(cpu.cachesHeld))
        #expect(cpu.seedsHeld.contains([9]))
        await engine.releaseLanes()
    }

    @Test func aFoundShareIsAClaimThatIsRight() async throws {
        let engine = try engine()
        let work = try Work(algorithm: .cnPico, input: [UInt8](repeating: 3, count: 76), nonceOffset: 39)
        let target = Target(difficulty: try #require(Difficulty(2)))
        for try await share in engine.search(Job(work: work, target: target, nonces: NonceSpace(first: 0, last: 9))) {
            #expect(try await engine.verify(ClaimedShare(share)) == .ok)
        }
        await engine.releaseLanes()
    }
}
