import NightjarCore
import NightjarOpenCL
import TestSupport
import Testing

@Suite("Known answers on every OpenCL device", .serialized)
struct KnownAnswerTests {
    static let algorithms: [Algorithm] = [.cn0, .cn1, .cn2, .cnR]

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
        }
    }

    /// The catalog against this backend: known answers, or a reason.
    @Test("Every algorithm gives its known answers, or is refused with a reason", arguments: Catalog.all)
    func catalog(_ algorithm: Algorithm) throws {
        _ = try Fixture.device()
        for device in Fixture.devices {
            let hasKernels =
                switch algorithm.family {
                case .cryptonight(let parameters): parameters.isPlain
                case .randomx: true
                }
            switch Fixture.backend.support(for: algorithm, on: device.id) {
            case .supported:
                #expect(hasKernels)
                let lane = try Fixture.lane(algorithm, on: device.id)
                for answer in KnownAnswers.answers(for: algorithm) {
                    try lane.prepare(answer.work)
                    #expect(try lane.digests(0..<1) == [answer.digest], "\(algorithm) on \(device.id)")
                }
            case .unsupported(let reason):
                #expect(!hasKernels && reason.contains("not in this build"))
                #expect(throws: DeviceError.self) { try Fixture.backend.plan(algorithm, on: device.id, threads: nil) }
            }
        }
    }

    @Test("The benchmark's checksum of 64 hashes", arguments: algorithms)
    func checksums(_ algorithm: Algorithm) throws {
        let known = try #require(try Vectors.checksums(algorithm.name).first { $0.hashes == 64 })
        _ = try Fixture.device()
        for device in Fixture.devices {
            let lane = try Fixture.lane(algorithm, on: device.id)
            try lane.prepare(try Fixture.benchmarkWork(algorithm))
            let checksum = try lane.digests(0..<64).reduce(0) { $0 ^ $1.work }
            #expect(Hex.encodeUpper(checksum) == known.checksum, "on \(device.id)")
        }
    }
}
