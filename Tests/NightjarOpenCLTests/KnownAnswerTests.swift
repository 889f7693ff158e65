import NightjarCore
import NightjarDevices
import NightjarOpenCL
import TestSupport
import Testing

@Suite("Known answers on every OpenCL device", .serialized, .timeLimit(.minutes(20)))
struct KnownAnswerTests {
    static let algorithms = Catalog.all.filter { $0.parameters is CryptoNightParameters }

    @Test("Each vector", arguments: algorithms)
    func vectors(_ algorithm: Algorithm) throws {
        let vectors = try Vectors.hashes(algorithm.name)
        #expect(vectors.count >= 10)
        _ = try Fixture.device()
        for device in Fixture.devices {
            let lane = try Fixture.lane(algorithm, on: device.id)
            for vector in vectors {
                let work = try Work(algorithm: algorithm, input: vector.input.bytes, height: vector.height)
                try lane.prepare(work)
                #expect(try lane.digests(0..<1) == [Digest(vector.hash.bytes)], "\(vector) on \(device.id)")
            }
            // Together, as far as they have one height.
            let inputLane = try #require(lane as? any InputLane)
            let height = vectors[0].height
            let alike = vectors.filter { $0.height == height }
            let digests = try InputsTests.digests(
                inputLane, alike.map(\.input.bytes), Epoch(algorithm, height: height, seed: nil))
            #expect(digests == alike.map { Digest($0.hash.bytes) }, "together on \(device.id)")
        }
    }

    @Test(
        "A vector by the forms of the kernels that GPUs have by default",
        arguments: [Algorithm.cn0, .cn2, .cnHeavy0, .cnGPU])
    func formsForGPUs(_ algorithm: Algorithm) throws {
        let vector = try #require(try Vectors.hashes(algorithm.name).first)
        let work = try Work(algorithm: algorithm, input: vector.input.bytes, height: vector.height)
        for device in try Fixture.all() {
            let lane = try Fixture.lane(algorithm, on: device) {
                ($0.tableBanks, $0.usesReciprocals, $0.groupFill, $0.batch) = (32, true, 64, 1)
            }
            try lane.prepare(work)
            #expect(try lane.digests(0..<1) == [Digest(vector.hash.bytes)], "\(vector) on \(device.id)")
        }
    }

    /// The known answers that the engine tests at start are among the vectors above and RandomX's.
    @Test("Every algorithm is supported, and has known answers", arguments: Catalog.all)
    func catalog(_ algorithm: Algorithm) throws {
        _ = try Fixture.device()
        for device in Fixture.devices {
            #expect(Fixture.backend.support(for: algorithm, on: device.id) == .supported)
        }
        #expect(KnownAnswers.answers(for: algorithm).count >= 2)
    }

    /// The engine's tests have every algorithm's checksum of 64 hashes, on the same lanes. These take a few seconds
    /// each.
    @Test("The benchmark's checksum of 1000 hashes", arguments: [Algorithm.cnUpx2, .cnPico, .cnPicoTlo])
    func checksums(_ algorithm: Algorithm) throws {
        let known = try #require(try Vectors.checksums(algorithm.name).first { $0.hashes == 1000 })
        _ = try Fixture.device()
        for device in Fixture.devices {
            let lane = try Fixture.lane(algorithm, on: device.id)
            try lane.prepare(try Fixture.benchmarkWork(algorithm))
            let checksum = try lane.digests(0..<1000).reduce(0) { $0 ^ $1.work }
            #expect(Hex.encodeUpper(checksum) == known.checksum, "on \(device.id)")
            let reduced = try stride(from: 0, to: 1000, by: lane.batch).reduce(UInt64(0)) { sum, first in
                sum ^ (try lane.checksum(UInt64(first)..<UInt64(min(1000, first + lane.batch))))
            }
            #expect(Hex.encodeUpper(reduced) == known.checksum, "on \(device.id)")
        }
    }
}
