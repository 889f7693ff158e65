import NightjarAlgorithms
import NightjarCPU
import NightjarCore
import NightjarDevices
import NightjarPlatform
import TestSupport
import Testing

/// What a scan hands up, and what a checksum is, against the digests of the same nonces.
@Suite(.timeLimit(.minutes(10))) struct ScanTests {
    @Test(arguments: [Algorithm.cnPico, .cnUpx2], [1, 3, CryptoNightHasher.widest])
    func cryptonight(_ algorithm: Algorithm, _ width: Int) throws {
        try Self.check(try CPUBackend().lane(algorithm, width: width), algorithm)
    }

    /// With one hash at once, with each width, and with one that no code has.
    @Test(arguments: Implementation.available, [1, 8, 13, 16, 32])
    func scrypt(_ implementation: Implementation, _ width: Int) throws {
        try Self.check(try CPUBackend(implementation: implementation).lane(.scrypt, width: width), .scrypt)
    }

    /// With a commitment and without, computing its dataset's items.
    @Test(arguments: [Algorithm.rx0, .rx2], Implementation.available)
    func randomXLight(_ algorithm: Algorithm, _ implementation: Implementation) throws {
        let small = try Self.small(algorithm)
        try Self.check(try CPUBackend(implementation: implementation).lane(small), small)
    }

    /// Batches of several, on a dataset.
    @Test(arguments: [Algorithm.rx0, .rx2])
    func randomXFull(_ algorithm: Algorithm) throws {
        let small = try Self.small(algorithm)
        let plan = try CPUBackend(pages: .plain).plan(small, on: .cpu, threads: 1, settles: true)
        let make = try #require(plan.lanes.first)
        // A planned lane pins the thread that makes it.
        let thread = try PinnedThread(name: "lane") {
            do {
                let lane = try make()
                try lane.prepare(try Self.work(small))
                _ = try lane.settle(Settling())
                try Self.check(lane, small)
            } catch { Issue.record(error) }
        }
        thread.join()
    }

    private static func small(_ algorithm: Algorithm) throws -> Algorithm {
        let parameters = try #require(algorithm.randomX).small(iterations: 64, cacheKiB: 256)
        return Algorithm(name: algorithm.name + ", small", parameters: parameters)
    }

    private static func work(_ algorithm: Algorithm) throws -> Work {
        let input = (0..<76).map { UInt8($0 * 7 & 255) }
        return try Work(algorithm: algorithm, input: input, nonceOffset: 39, height: 1, seed: [1])
    }

    /// One nonce; a batch less one, a whole one and one more; several; and the last nonces that there are.
    private static func check(_ lane: any Lane, _ algorithm: Algorithm) throws {
        let work = try work(algorithm)
        try lane.prepare(work)
        let batch = UInt64(lane.batch)
        for (first, count) in [
            (0, 1), (7, max(1, batch - 1)), (1000, batch), (0xABCD_EF01, batch + 1), (5, 2 * batch + 1),
            ((1 << 32) - 5, 5),
        ] as [(UInt64, UInt64)] {
            let nonces = first..<first + count
            let proofs = try digests(lane, nonces).enumerated().map { index, digest in
                work.proof(digest, nonce: UInt32(first) + UInt32(index))
            }
            #expect(try lane.checksum(nonces) == proofs.reduce(0) { $0 ^ $1.compared.work }, "\(nonces)")
            let works = proofs.map(\.compared.work).sorted()
            // All, about half, the best one only, and none.
            for top in [works[works.count - 1], works[works.count / 2], works[0], works[0] - 1] {
                for audit in [
                    nil, first..<first + 1, first + count - 1..<first + count, first + count / 3..<first + count / 2,
                    nonces,
                ] {
                    var candidates = [Candidate(nonce: 1, digest: Digest())]
                    try lane.scan(
                        nonces, target: try #require(Target(cryptonote: top + 1)), audit: audit, into: &candidates)
                    let expected = zip(nonces, proofs).filter { nonce, proof in
                        proof.compared.work <= top || audit?.contains(nonce) == true
                    }.map { Candidate(nonce: UInt32($0), proof: $1) }
                    #expect(candidates.first == Candidate(nonce: 1, digest: Digest()), "what was there stays")
                    #expect(candidates.dropFirst().sorted { $0.nonce < $1.nonce } == expected, "\(nonces)")
                }
            }
        }
    }

    private static func digests(_ lane: any Lane, _ nonces: Range<UInt64>) throws -> [Digest] {
        var digests = [Digest](repeating: Digest(), count: nonces.count)
        try digests.withUnsafeMutableBufferPointer { try lane.digests(nonces, into: $0) }
        return digests
    }
}
