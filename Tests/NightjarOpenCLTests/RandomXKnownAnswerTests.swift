import NightjarAlgorithms
import NightjarCore
import NightjarDevices
import NightjarOpenCL
import TestSupport
import Testing

@Suite("RandomX's known answers on every OpenCL device", .serialized, .timeLimit(.minutes(20)))
struct RandomXKnownAnswerTests {
    static let algorithms = Catalog.all.filter { $0.parameters is RandomXParameters }

    @Test("Each vector", arguments: algorithms)
    func vectors(_ algorithm: Algorithm) throws {
        // Sorted by seed, because each seed needs a cache.
        let vectors = try Vectors.hashes(algorithm.name).sorted { "\($0.seed ?? $0.hash)" < "\($1.seed ?? $1.hash)" }
        #expect(vectors.count >= 9)
        _ = try Fixture.device()
        for device in Fixture.devices {
            let lane = try Fixture.lane(algorithm, on: device.id)
            for vector in vectors {
                let work = try Work(algorithm: algorithm, input: vector.input.bytes, seed: vector.seed?.bytes)
                try lane.prepare(work)
                let digests = try lane.digests(0..<1)
                #expect(digests == [Digest(vector.hash.bytes)], "\(vector) on \(device.id)")
                #expect(work.proof(digests[0]).commitment?.bytes == vector.commitment?.bytes)
            }
            // Together, as far as they have one seed: the one whose cache is there.
            let inputLane = try #require(lane as? any InputLane)
            let seed = try #require(vectors.last?.seed)
            let alike = vectors.filter { $0.seed?.bytes == seed.bytes }
            let digests = try InputsTests.digests(inputLane, alike.map(\.input.bytes), .seed(seed.bytes))
            #expect(digests == alike.map { Digest($0.hash.bytes) }, "together on \(device.id)")
        }
    }

    /// Small programs leave room in the streams' buffers that whole ones fill.
    @Test("Two streams, with one work-item or two, have the digests of one", arguments: [Algorithm.rx0, .rx2])
    func streams(_ algorithm: Algorithm) throws {
        let work = try KnownAnswers.benchmark(algorithm)
        _ = try Fixture.device()
        for device in Fixture.devices {
            let digests = try [0, 1, 2].map { streams in
                let lane = try SmallRandomX.lane(algorithm, on: device) {
                    ($0.batch, $0.padsPerBuffer, $0.groupLoop, $0.streams) = (4, 4, 4, streams)
                }
                try lane.prepare(work)
                return try lane.digests(0..<4)
            }
            #expect(digests.allSatisfy { $0 == digests[0] }, "on \(device.id)")
        }
    }

    /// The engine's tests have every algorithm's checksum of 64 hashes, on the same lanes.
    @Test(
        "A scan of the benchmark's work finds the digests, and the device makes the commitments", arguments: algorithms)
    func scans(_ algorithm: Algorithm) throws {
        let work = try KnownAnswers.benchmark(algorithm)
        _ = try Fixture.device()
        for device in Fixture.devices {
            let lane = try Fixture.lane(algorithm, on: device.id)
            try lane.prepare(work)
            let count = min(8, lane.batch)
            var candidates: [Candidate] = []
            candidates.reserveCapacity(count)
            try lane.scan(0..<UInt64(count), target: .easiest, audit: nil, into: &candidates)
            #expect(candidates.count == count)
            let digests = try lane.digests(0..<UInt64(count))
            for candidate in candidates {
                let proof = work.proof(digests[Int(candidate.nonce)], nonce: candidate.nonce)
                #expect(candidate.proof == proof, "nonce \(candidate.nonce) on \(device.id)")
                #expect((candidate.proof.commitment != nil) == algorithm.hasCommitment)
            }
        }
    }
}
