import Nightjar
import NightjarAlgorithms
import NightjarCPU
import NightjarCore
import NightjarDevices
import TestSupport
import Testing

/// Jobs whose work rolls over, as Bitcoin's do.
@Suite(.serialized, .timeLimit(.minutes(5))) struct RollingWorkTests {
    private let cpu = CPUBackend()

    /// Units that differ in their first byte, which is the token too.
    private struct Rolling: WorkSource {
        let units: [WorkUnit]

        init(_ count: UInt8, nonces: NonceSpace) throws {
            units = try (0..<count).map { number in
                let input = [number] + [UInt8](repeating: 3, count: 79)
                return WorkUnit(
                    try Work(algorithm: .sha256d, input: input, nonceOffset: 76), nonces: nonces,
                    token: [number])
            }
        }

        func unit(_ index: UInt64) -> WorkUnit? { index < units.count ? units[Int(index)] : nil }
    }

    private static func digest(_ input: [UInt8]) -> Digest {
        var digest = Digest()
        input.withUnsafeBytes { SHA256d.hash($0, into: &digest) }
        return digest
    }

    private func job(_ source: Rolling, target: Target = .easiest) -> Job {
        Job(id: JobID("rolls"), algorithm: .sha256d, source: source, target: target)
    }

    @Test func aUsedUpUnitGivesWayToTheNext() throws {
        let board = JobBoard()
        board.post(job(try Rolling(3, nonces: NonceSpace(first: 0, last: 15))))
        let generation = board.generation
        #expect(board.posting.unit?.number == 0)
        for unit in 0..<3 as Range<UInt64> {
            #expect(board.reserve(10, generation: generation) == .nonces(0..<10, unit: unit))
            #expect(board.reserve(10, generation: generation) == .nonces(10..<16, unit: unit))
            #expect(board.posting.unit?.number == unit)
        }
        #expect(board.reserve(1, generation: generation) == .exhausted(first: true))
        #expect(board.reserve(1, generation: generation) == .exhausted(first: false))
        // Lanes hear nothing of it but what they reserve: the job is the same.
        #expect(board.generation == generation)
    }

    @Test func aJobThatComesAgainGoesOnWhereItWas() throws {
        let board = JobBoard()
        let job = job(try Rolling(3, nonces: NonceSpace(first: 0, last: 15)))
        board.post(job)
        _ = board.reserve(16, generation: board.generation)
        #expect(board.reserve(5, generation: board.generation) == .nonces(0..<5, unit: 1))
        board.post(self.job(try Rolling(1, nonces: NonceSpace(first: 100, last: 101))))
        board.post(job)
        #expect(board.posting.unit?.number == 1)
        #expect(board.reserve(5, generation: board.generation) == .nonces(5..<10, unit: 1))
        // On a board that takes over, too.
        board.close()
        let next = JobBoard(after: [board])
        next.post(job)
        #expect(next.reserve(5, generation: next.generation) == .nonces(10..<15, unit: 1))
    }

    /// Every nonce of every unit once, each share with the work and the token that it was found in.
    @Test func workThatRollsOverIsMinedToItsEnd() async throws {
        let source = try Rolling(20, nonces: NonceSpace(first: 0, last: 2999))
        // One nonce in eight.
        let target = try #require(Target(cryptonote: .max / 8))
        let job = job(source, target: target)
        let mining = try Engine(threads: 2, backends: [cpu], verifier: cpu).startMining()
        mining.setJob(job)
        var shares: [Share] = []
        for await event in mining.events {
            if case .share(let share) = event { shares.append(share) }
            if case .wrongHash(_, _, let reason) = event { Issue.record("\(reason)") }
            if case .exhausted(let id) = event {
                #expect(id == job.id)
                break
            }
        }
        await mining.stop()
        for await event in mining.events { if case .share(let share) = event { shares.append(share) } }
        #expect(mining.hashCounts().map(\.hashes) == [20 * 3000])
        var expected: Set<[UInt32]> = []
        for (number, unit) in source.units.enumerated() {
            for nonce in 0..<3000 as Range<UInt32>
            where target.isMet(by: Self.digest(unit.work.input(nonce: nonce))) {
                expected.insert([UInt32(number), nonce])
            }
        }
        #expect(expected.count > 1000)
        #expect(Set(shares.map { [UInt32($0.unit.token[0]), $0.nonce] }) == expected && shares.count == expected.count)
        for share in shares {
            #expect(share.jobID == job.id && share.unit == source.units[Int(share.unit.token[0])])
            #expect(share.digest == Self.digest(share.work.input(nonce: share.nonce)))
        }
    }

    /// A device looks at the top word alone. What meets that and misses the target is no share, and no fault.
    @Test func aNearMissIsNoFault() async throws {
        let source = try Rolling(1, nonces: NonceSpace(first: 0, last: 999))
        let digests = (0..<1000 as Range<UInt32>).map { Self.digest(source.units[0].work.input(nonce: $0)) }
        let best = try #require(digests.min { $0.work < $1.work })
        let (a, b, c, top) = best.words
        for (words, count) in [((0, 0, 0, top), 0), ((a, b, c, top), 1)] as [((UInt64, UInt64, UInt64, UInt64), Int)] {
            let mining = try Engine(threads: 1, backends: [cpu], verifier: cpu).startMining()
            mining.setJob(job(source, target: Target(words: words)))
            var shares = 0
            for await event in mining.events {
                if case .share = event { shares += 1 }
                if case .wrongHash(_, _, let reason) = event { Issue.record("\(reason)") }
                if case .exhausted = event { break }
            }
            await mining.stop()
            for await event in mining.events { if case .share = event { shares += 1 } }
            #expect(shares == count)
            let health = try #require(mining.health().first)
            #expect(health.wrong == 0 && health.checked >= 1)
        }
    }
}
