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
        // Key by key: each takes a cache.
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
        }
    }

    @Test("The benchmark's checksum of 64 hashes", arguments: algorithms)
    func checksums(_ algorithm: Algorithm) throws {
        let known = try #require(try Vectors.checksums(algorithm.name).first { $0.hashes == 64 })
        let work = try KnownAnswers.benchmark(algorithm)
        _ = try Fixture.device()
        for device in Fixture.devices {
            let lane = try Fixture.lane(algorithm, on: device.id)
            try lane.prepare(work)
            // Scanned, so that commitments are the device's.
            var candidates: [Candidate] = []
            candidates.reserveCapacity(64)
            for start in stride(from: 0, to: 64, by: lane.batch) {
                let nonces = UInt64(start)..<UInt64(min(64, start + lane.batch))
                try lane.scan(nonces, target: .easiest, into: &candidates)
            }
            #expect(candidates.count == 64)
            let checksum = candidates.reduce(0) { $0 ^ $1.proof.compared.work }
            #expect(Hex.encodeUpper(checksum) == known.checksum, "on \(device.id)")
        }
    }
}
