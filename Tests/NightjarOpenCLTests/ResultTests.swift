import NightjarAlgorithms
import NightjarCore
import NightjarDevices
import NightjarOpenCL
import Testing

/// What a batch's last kernel hands up: hits, an audited part and checksums. They are compared with the digests of the
/// same nonces, with room for few hits and for many.
@Suite("Results of batches on every OpenCL device", .serialized, .timeLimit(.minutes(20)))
struct ResultTests {
    /// A lane's batch, the number of hits that it has room for, and the work-items of its groups.
    struct Shape: Sendable, CustomTestStringConvertible {
        let batch, room, group: Int
        var testDescription: String { "batches of \(batch), room for \(room), groups of \(group)" }
    }

    static let shapes = [
        Shape(batch: 1, room: 1, group: 1), Shape(batch: 33, room: 5, group: 16), Shape(batch: 40, room: 39, group: 7),
        Shape(batch: 16, room: BatchResults.most, group: 64),
    ]

    @Test("CryptoNight, by digest", arguments: shapes)
    func cryptoNight(_ shape: Shape) throws {
        let algorithm = CryptoNightLaneTests.small(.v1)
        _ = try Fixture.device()
        for device in Fixture.devices {
            let lane = try Self.cryptoNight(algorithm, on: device, shape)
            try Self.check(lane, try CryptoNightLaneTests.work(algorithm), shape)
        }
    }

    @Test("RandomX, by digest and by commitment", arguments: shapes, [false, true])
    func randomX(_ shape: Shape, v2: Bool) throws {
        let algorithm = SmallRandomX.algorithm(SmallRandomX.parameters(v2: v2))
        _ = try Fixture.device()
        for device in Fixture.devices {
            let lane = try SmallRandomX.lane(algorithm, on: device, room: shape.room) {
                ($0.batch, $0.padsPerBuffer, $0.groupHash) = (shape.batch, shape.batch, shape.group)
            }
            try Self.check(lane, try SmallRandomX.work(algorithm), shape)
        }
    }

    static func cryptoNight(_ algorithm: Algorithm, on device: OpenCLDevice, _ shape: Shape) throws -> CryptoNightLane {
        guard let parameters = algorithm.parameters as? CryptoNightParameters else {
            preconditionFailure("not CryptoNight")
        }
        var launch = try CryptoNightLaunch(parameters, within: device.limits)
        (launch.batch, launch.padsPerBuffer, launch.groupHash) = (shape.batch, shape.batch, shape.group)
        return try CryptoNightLane(try Fixture.backend.runtime(of: device), algorithm, launch: launch, room: shape.room)
    }

    /// Tries sizes around those of batch, group and room, and the last nonces of all.
    private static func check(_ lane: any Lane, _ work: Work, _ shape: Shape) throws {
        try lane.prepare(work)
        #expect(lane.batch == shape.batch && lane.mostCandidates == min(shape.batch, shape.room))
        let sizes = Set(
            [1, shape.batch / 2, shape.batch]
                + [shape.batch, shape.group, shape.room].flatMap { [$0 - 1, $0, $0 + 1] })
        for (index, count) in sizes.filter({ (1...shape.batch).contains($0) }).sorted().enumerated() {
            let first = index % 2 == 0 ? UInt64(1000 + index) : (1 << 32) - UInt64(count)
            let nonces = first..<first + UInt64(count)
            let proofs = zip(nonces, try lane.digests(nonces)).map { work.proof($1, nonce: UInt32($0)) }
            #expect(Set(proofs).count == count)
            #expect(try lane.checksum(nonces) == proofs.reduce(0) { $0 ^ $1.compared.work }, "\(count)")
            let works = proofs.map(\.compared.work).sorted()
            // All, one more than there is room for, just as many, half, the best one only, and none.
            let tops = [count - 1, shape.room, shape.room - 1, count / 2, 0].filter { $0 < count }.map { works[$0] }
            for top in tops + [works[0] - 1, .max - 1] {
                let middle = first + UInt64(count / 3)..<first + UInt64((count + 1) / 2)
                for audit in [nil, first..<first + 1, nonces.upperBound - 1..<nonces.upperBound, middle, nonces] {
                    try expect(lane, nonces, proofs, top: top, audit: audit)
                }
            }
        }
    }

    private static func expect(
        _ lane: any Lane, _ nonces: Range<UInt64>, _ proofs: [Proof], top: UInt64, audit: Range<UInt64>?
    ) throws {
        var candidates = [Candidate(nonce: 1, digest: Digest())]
        try lane.scan(nonces, target: try #require(Target(cryptonote: top + 1)), audit: audit, into: &candidates)
        let expected = zip(nonces, proofs).filter { nonce, proof in
            proof.compared.work <= top || audit?.contains(nonce) == true
        }.map { Candidate(nonce: UInt32($0), proof: $1) }
        #expect(candidates.first == Candidate(nonce: 1, digest: Digest()), "what was there stays")
        let found = candidates.dropFirst().sorted { $0.nonce < $1.nonce }
        #expect(found == expected, "\(nonces), top \(top), audit \(String(describing: audit))")
    }

    @Test("A batch far beyond the room that every lane has: nothing is lost")
    func overflow() throws {
        _ = try Fixture.device()
        let algorithm = CryptoNightLaneTests.small(CryptoNightLaneTests.Kind(base: .v0), memory: 512, mask: 0x1F0)
        let batch = 3 * BatchResults.most + 1
        for device in Fixture.devices {
            let shape = Shape(batch: batch, room: BatchResults.most, group: 16)
            let lane = try Self.cryptoNight(algorithm, on: device, shape)
            try lane.prepare(try CryptoNightLaneTests.work(algorithm))
            #expect(lane.batch == batch && lane.mostCandidates == BatchResults.most)
            let nonces = 0..<UInt64(batch)
            // Every nonce; about half; and only those of an audit.
            for (top, audit) in [(.max - 1, nil), (1 << 63, 5..<6), (0, nonces)] as [(UInt64, Range<UInt64>?)] {
                var candidates: [Candidate] = []
                try lane.scan(
                    nonces, target: try #require(Target(cryptonote: top + 1)), audit: audit, into: &candidates)
                let digests = Dictionary(candidates.map { ($0.nonce, $0.digest) }) { first, _ in first }
                #expect(digests.count == candidates.count, "none twice")
                let all = try lane.digests(nonces)
                let wanted = zip(nonces, all).filter { $1.work <= top || audit?.contains($0) == true }
                #expect(candidates.count == wanted.count)
                #expect(wanted.allSatisfy { digests[UInt32($0)] == $1 })
            }
        }
    }

    @Test("A scan that fails halfway leaves nothing behind")
    func failure() throws {
        let device = try Fixture.device()
        let algorithm = CryptoNightLaneTests.small(.v0)
        guard let parameters = algorithm.parameters as? CryptoNightParameters else {
            preconditionFailure("not CryptoNight")
        }
        let driver = FaultyDriver()
        let runtime = try DeviceRuntime(device, cacheDirectory: nil, calls: driver.calls)
        var launch = try CryptoNightLaunch(parameters, within: device.limits)
        (launch.batch, launch.padsPerBuffer) = (8, 8)
        let lane = try CryptoNightLane(runtime, algorithm, launch: launch, room: 4)
        try lane.prepare(try CryptoNightLaneTests.work(algorithm))
        let before = driver.counts["clEnqueueReadBuffer"] ?? 0
        var candidates = [Candidate(nonce: 1, digest: Digest())]
        try lane.scan(0..<8, target: .easiest, audit: nil, into: &candidates)
        #expect(candidates.count == 9)
        // The last of the scan's reads brings the second half's hits.
        let reads = (driver.counts["clEnqueueReadBuffer"] ?? 0) - before
        #expect(reads >= 4)
        candidates.removeLast(8)
        driver.fail("clEnqueueReadBuffer", code: -5, after: reads - 1)
        #expect(throws: NightjarError.self) { try lane.scan(0..<8, target: .easiest, audit: nil, into: &candidates) }
        #expect(candidates == [Candidate(nonce: 1, digest: Digest())])
        try lane.scan(0..<8, target: .easiest, audit: nil, into: &candidates)
        #expect(candidates.count == 9, "and the lane goes on")
    }
}
