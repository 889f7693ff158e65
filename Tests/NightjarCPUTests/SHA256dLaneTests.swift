import AllocationCounter
import NightjarAlgorithms
import NightjarCPU
import NightjarCore
import NightjarDevices
import TestSupport
import Testing

/// SHA-256d's lane, with each code that this processor can run.
@Suite(.timeLimit(.minutes(5))) struct SHA256dLaneTests {
    private static let header = (0..<80).map { UInt8($0 * 11 & 255) }

    /// The lane for one code, as if it were the fastest.
    private static func lane(_ code: SHA256dCode) throws -> SHA256dLane {
        let lane = SHA256dLane(.sha256d, try SHA256dChoice.measure([code]), remarks: ["a remark"])
        #expect(lane.remarks == ["a remark", code.words])
        #expect(lane.facts.hashesAtOnce == code.hashesAtOnce)
        return lane
    }

    /// A header, an input of another length, and a nonce in another place.
    private static func works() throws -> [Work] {
        [
            try Work(algorithm: .sha256d, input: header, nonceOffset: 76),
            try Work(algorithm: .sha256d, input: header + [1], nonceOffset: 76),
            try Work(algorithm: .sha256d, input: header, nonceOffset: 0),
        ]
    }

    private static func digest(_ work: Work, _ nonce: UInt64) -> Digest {
        var input = work.input
        if let offset = work.nonceOffset {
            for byte in 0..<4 { input[offset + byte] = UInt8(truncatingIfNeeded: nonce >> UInt64(8 * byte)) }
        }
        var digest = Digest()
        input.withUnsafeBytes { SHA256d.hash($0, into: &digest) }
        return digest
    }

    @Test(arguments: SHA256dCode.available)
    func scansAndChecksums(_ code: SHA256dCode) throws {
        let lane = try Self.lane(code)
        for work in try Self.works() {
            lane.prepare(work)
            for (first, count) in [(0, 1), (77, 200), ((1 << 32) - 50, 50)] as [(UInt64, UInt64)] {
                let nonces = first..<first + count
                let all = nonces.map { Candidate(nonce: UInt32($0), digest: Self.digest(work, $0)) }
                var digests = [Digest](repeating: Digest(), count: all.count)
                digests.withUnsafeMutableBufferPointer { lane.digests(nonces, into: $0) }
                #expect(digests == all.map(\.digest))
                #expect(lane.checksum(nonces) == digests.reduce(0) { $0 ^ $1.work })
                let words = digests.map(\.work).sorted()
                for top in [words[words.count - 1], words[words.count / 2], words[0], words[0] - 1] {
                    for audit in [
                        nil, first..<first + 1, first + count - 1..<first + count,
                        first + count / 3..<first + count / 2, nonces,
                    ] {
                        var candidates = [Candidate(nonce: 1, digest: Digest())]
                        lane.scan(
                            nonces, target: Target(words: (0, 0, 0, top)), audit: audit, into: &candidates)
                        let expected = all.filter {
                            $0.digest.work <= top || audit?.contains(UInt64($0.nonce)) == true
                        }
                        #expect(candidates.first == Candidate(nonce: 1, digest: Digest()), "what was there stays")
                        #expect(candidates.dropFirst().sorted { $0.nonce < $1.nonce } == expected)
                    }
                }
            }
        }
    }

    /// Headers that differ in their version are hashed side by side where the code gains from it, and an audit has all.
    @Test(arguments: SHA256dCode.available)
    func siblings(_ code: SHA256dCode) throws {
        let lane = try Self.lane(code)
        let works = try (0..<4).map { version in
            try Work(algorithm: .sha256d, input: [UInt8(version)] + Self.header.dropFirst(), nonceOffset: 76)
        }
        let siblings = works.dropFirst().map { WorkUnit.Sibling($0, token: []) }
        let used = lane.prepare(works[0], siblings: siblings)
        #expect(code == .mixed || code == .avx512 ? used == 3 : used == 0)
        let nonces = 5..<905 as Range<UInt64>
        let all = nonces.flatMap { nonce in
            works[...used].enumerated().map {
                Candidate(nonce: UInt32(nonce), sibling: $0, digest: Self.digest($1, nonce))
            }
        }
        var candidates: [Candidate] = []
        lane.scan(
            nonces, target: Target(words: (0, 0, 0, 1 << 59)), audit: 100..<133, into: &candidates)
        let expected = all.filter { $0.digest.work <= 1 << 59 || (100..<133).contains($0.nonce) }
        #expect(candidates.sorted { ($0.nonce, $0.sibling) < ($1.nonce, $1.sibling) } == expected)
        // Alone again.
        #expect(lane.prepare(works[1], siblings: []) == 0)
        candidates = []
        lane.scan(7..<9, target: .easiest, audit: nil, into: &candidates)
        #expect(candidates.map(\.digest) == [7, 8].map { Self.digest(works[1], $0) })
    }

    @Test(arguments: try Vectors.hashes("sha256d"))
    func inputsWithoutNonces(_ vector: Vectors.Hash) throws {
        let lane = try CPUBackend().lane(.sha256d)
        for input in [vector.input.bytes, [], [UInt8](repeating: 7, count: 1 << 20)] {
            let work = try Work(algorithm: .sha256d, input: input)
            try lane.prepare(work)
            var digest = Digest()
            try withUnsafeMutablePointer(to: &digest) {
                try lane.digests(0..<1, into: UnsafeMutableBufferPointer(start: $0, count: 1))
            }
            #expect(digest == Self.digest(work, 0))
            #expect(try lane.checksum(0..<1) == digest.work)
        }
    }

    /// A whole batch of headers, with an audit and many candidates: nothing is allocated.
    @Test(arguments: SHA256dCode.available)
    func nothingIsAllocated(_ code: SHA256dCode) throws {
        let target = try #require(Target(cryptonote: 1 << 56))
        var found = 0
        // The first lane is for the runtime's sake.
        for _ in 0..<2 {
            let lane = try Self.lane(code)
            lane.prepare(try Self.works()[0])
            #expect(lane.batch > 0 && lane.batch % 1024 == 0)
            var candidates: [Candidate] = []
            candidates.reserveCapacity(lane.mostCandidates)
            nj_count_begin()
            lane.scan(0..<UInt64(lane.batch), target: target, audit: 100..<164, into: &candidates)
            let checksum = lane.checksum(0..<UInt64(lane.batch))
            let calls = nj_count_end()
            #expect(calls.allocations == 0 && calls.releases == 0 && calls.mappings == 0 && calls.unmappings == 0)
            #expect(checksum != 0)
            found = candidates.count
        }
        #expect(found >= 64)
    }

    /// The portable backend has plain C only; the other compares all faster codes, once.
    @Test func theFastestIsChosen() throws {
        let portable = try CPUBackend(implementation: .portable).lane(.sha256d)
        #expect(portable.remarks == [SHA256dCode.portable.words])
        let choice = SHA256dChoice()
        let best = try choice.best(.native)
        #expect(try choice.best(.native) == best)
        #expect(SHA256dChoice.codes(.native).contains(best.code) && best.compared == SHA256dChoice.codes(.native).count)
        #expect(SHA256dChoice.codes(.portable) == [.portable])
        #expect(best.compared == 1 || best.remark.hasSuffix("(fastest of \(best.compared) ways)"))
    }
}
