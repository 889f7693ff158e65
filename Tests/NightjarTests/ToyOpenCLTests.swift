import NightjarCPU
import NightjarCore
import NightjarDevices
import NightjarOpenCL
import Testing
import Toy

/// A family from outside of NightjarOpenCL: one folder and one row, without a change to that room.
@Suite("A toy family on every OpenCL device", .serialized, .timeLimit(.minutes(5)))
struct ToyOpenCLTests {
    private static let backend = OpenCLBackend(cacheDirectory: nil, families: OpenCLFamilies([ToyOpenCLFamily()]))
    private static let toy = Toy.algorithm
    /// Some bytes, with the nonce at the end, in another place, and across two words.
    private static func work(nonceOffset: Int = 76) throws -> Work {
        try Work(
            algorithm: toy, input: (0..<80).map { UInt8(truncatingIfNeeded: $0 * 7) }, nonceOffset: nonceOffset,
            epoch: .none)
    }

    /// A lane of each device.
    private static func lanes(_ settings: TuningSettings) throws -> [any Lane] {
        let devices = backend.devices
        try #require(!devices.isEmpty, "the tests need an OpenCL device")
        return try devices.map { device in
            let plan = try backend.plan(toy, on: device.id, settings: settings)
            let make = try #require(plan.lanes.first)
            return try make()
        }
    }

    /// The digests, by the portable sums.
    private static func digests(_ work: Work, _ nonces: Range<UInt64>) -> [Digest] {
        nonces.map { ToyParameters.digest(work.input(nonce: UInt32($0))) }
    }

    @Test("It is supported and passes its known answers; other families are not")
    func knownAnswers() throws {
        let answers = KnownAnswers.answers(for: Self.toy)
        #expect(answers.count == 2)
        for device in Self.backend.devices {
            #expect(Self.backend.support(for: Self.toy, on: device.id) == .supported)
            #expect(Self.backend.support(for: .cn0, on: device.id) != .supported)
        }
        for lane in try Self.lanes(TuningSettings()) {
            for answer in answers {
                try lane.prepare(answer.work)
                var digest = Digest()
                try withUnsafeMutablePointer(to: &digest) {
                    try lane.digests(0..<1, into: UnsafeMutableBufferPointer(start: $0, count: 1))
                }
                #expect(digest == answer.digest)
            }
        }
    }

    @Test("Its checksum of some thousand nonces is the CPU's, in whole batches and in slices", arguments: [76, 0, 38])
    func checksum(nonceOffset: Int) throws {
        let work = try Self.work(nonceOffset: nonceOffset)
        let cpu = try CPUBackend(families: Toy.cpuFamilies).lane(Self.toy)
        try cpu.prepare(work)
        for (batch, slice) in [(10_000, 10_000), (10_000, 333), (1 << 32, 1000)] {
            for lane in try Self.lanes(TuningSettings(["batch": batch, "slice": slice])) {
                #expect(lane.batch == batch)
                try lane.prepare(work)
                for nonces in [0..<10_000, 5..<9999, (1 << 32) - 4321..<1 << 32] as [Range<UInt64>] {
                    let expected = try stride(from: nonces.lowerBound, to: nonces.upperBound, by: cpu.batch).reduce(
                        UInt64(0)
                    ) { sum, first in
                        sum ^ (try cpu.checksum(first..<min(nonces.upperBound, first + UInt64(cpu.batch))))
                    }
                    #expect(expected == Self.digests(work, nonces).reduce(0) { $0 ^ $1.work })
                    #expect(try lane.checksum(nonces) == expected, "\(nonces) in batches of \(batch) by \(slice)")
                }
            }
        }
    }

    @Test("A scan finds each nonce that meets a target of 256 bits, and each of its audit")
    func scan() throws {
        let work = try Self.work()
        // A batch of all nonces, scanned at its beginning and at its end.
        for lane in try Self.lanes(TuningSettings(["batch": 1 << 32, "slice": 999])) {
            #expect(lane.mostCandidates == BatchResults.most)
            try lane.prepare(work)
            for nonces in [0..<20_000, (1 << 32) - 5000..<1 << 32] as [Range<UInt64>] {
                let digests = Self.digests(work, nonces)
                // A hundred meet it; the last of them has not one bit to spare.
                let ranked = digests.sorted { $0 != $1 && Target(words: $1.words).isMet(by: $0) }
                let target = Target(words: ranked[99].words)
                #expect(digests.filter(target.isMet).count == 100)
                for audit in [nil, nonces.lowerBound + 998..<nonces.lowerBound + 1001] as [Range<UInt64>?] {
                    var candidates: [Candidate] = []
                    try lane.scan(nonces, target: target, audit: audit, into: &candidates)
                    let expected = zip(nonces, digests).filter { nonce, digest in
                        target.mayBeMet(byTop: digest.words.3) || audit?.contains(nonce) == true
                    }
                    #expect(expected.count >= 100)
                    #expect(
                        candidates.sorted { $0.nonce < $1.nonce }
                            == expected.map { Candidate(nonce: UInt32($0), digest: $1) })
                }
            }
        }
    }
}
