import NightjarAlgorithms
import NightjarCore
import NightjarDevices
import NightjarOpenCL
import Testing

/// Every kernel, in groups of several hashes, some of whose places have no hash. The parameters are so small that a
/// simulator can run the kernels: `Scripts/oclgrind.sh` looks for accesses outside of buffers, races, and reads of
/// memory that was never written. Here, on any device, the digests must be right. Each kind has a function of its own,
/// so that it can have a process of its own.
@Suite("Small kernels", .serialized, .timeLimit(.minutes(20)))
struct SmallKernelTests {
    @Test func plain0() throws { try cryptoNight(.v0) }
    @Test func plain1() throws { try cryptoNight(.v1) }
    @Test func plain2() throws { try cryptoNight(.v2) }
    @Test func random() throws { try cryptoNight(.r) }
    @Test func floatFeedback() throws { try cryptoNight(.v0, .floatFeedback) }
    @Test func heavy() throws { try cryptoNight(.v0, .heavy) }
    @Test func complementedDivisor() throws { try cryptoNight(.v0, [.heavy, .complementedDivisor]) }
    @Test func linkedStore() throws { try cryptoNight(.v1, .linkedStore) }
    @Test func chainedRound() throws { try cryptoNight(.v1, [.heavy, .linkedStore, .chainedRound]) }
    @Test func reversedShuffle() throws { try cryptoNight(.v2, .reversedShuffle) }
    @Test func floatLoop() throws { try cryptoNight(.gpu, .heavy) }
    @Test func randomX1() throws { try randomX(v2: false, streams: 0) }
    @Test func randomX1Streams() throws { try randomX(v2: false, streams: 1) }
    @Test func randomX1Apart() throws { try randomX(v2: false, streams: 2) }
    @Test func randomX2() throws { try randomX(v2: true, streams: 1) }
    @Test func randomX2Apart() throws { try randomX(v2: true, streams: 2) }
    @Test func sha256dHeaders() throws { try sha256d(width: 1) }
    @Test func sha256dSideBySide() throws { try sha256d(width: 4) }
    @Test func sha256dAny() throws { try sha256d(width: 1, length: 70, nonceOffset: 53) }
    @Test func scryptWhole() throws { try scrypt(gap: 1, items: 1) }
    @Test func scryptWholeGap() throws { try scrypt(gap: 4, items: 1) }
    @Test func scryptShared() throws { try scrypt(gap: 1, items: 4) }
    @Test func scryptSharedGap() throws { try scrypt(gap: 2, items: 4) }

    /// Compares CryptoNight's digests with the portable code's.
    private func cryptoNight(
        _ base: CryptoNightParameters.Base, _ features: CryptoNightParameters.Features = []
    ) throws {
        _ = try Fixture.device()
        let kind = CryptoNightLaneTests.Kind(base: base, features: features)
        #expect(CryptoNightLaneTests.kinds.contains(kind))
        let parameters = kind.parameters(memory: 512, iterations: 8, mask: 0x1F0)
        let work = try CryptoNightLaneTests.work(Algorithm(name: "tiny \(kind)", parameters: parameters))
        let scratchpad = UnsafeMutableRawBufferPointer.allocate(byteCount: parameters.memory, alignment: 64)
        defer { scratchpad.deallocate() }
        let hasher = CryptoNightHasher(parameters, scratchpads: scratchpad, implementation: .portable)
        hasher.prepare(height: work.height)
        let expected = (0..<7).map { nonce in work.input(nonce: nonce).withUnsafeBytes { hasher.hash($0) } }
        var launch = CryptoNightLaunch(
            groupHash: 4, groupFill: 16, groupLoop: 2, interleave: 2, batch: 5, padsPerBuffer: 2, turns: 3)
        // As for CPUs, and as for GPUs.
        for (banks, reciprocals) in [(1, false), (32, true)] {
            (launch.tableBanks, launch.usesReciprocals) = (banks, reciprocals)
            for device in Fixture.devices {
                let lane = try CryptoNightLane(
                    try Fixture.backend.runtime(of: device), work.algorithm, launch: launch, room: 3)
                try lane.prepare(work)
                // A batch that is full, and one that is not.
                #expect(try lane.digests(0..<7) == expected, "\(kind) on \(device.id)")
                try Self.results(lane, work, expected)
            }
        }
    }

    /// A scan with more hits than there is room for, an audit, and a checksum. The last group is not full.
    private static func results(_ lane: any Lane, _ work: Work, _ digests: [Digest]) throws {
        let proofs = digests.enumerated().map { work.proof($1, nonce: UInt32($0)) }
        let nonces = 0..<UInt64(lane.batch)
        #expect(try lane.checksum(nonces) == proofs.prefix(lane.batch).reduce(0) { $0 ^ $1.compared.work })
        #expect(lane.mostCandidates < lane.batch)
        for (target, audit) in [(.easiest, nil), (Target(cryptonote: 1), 1..<2)] as [(Target?, Range<UInt64>?)] {
            var candidates: [Candidate] = []
            try lane.scan(nonces, target: try #require(target), audit: audit, into: &candidates)
            let expected = (audit ?? nonces).map { Candidate(nonce: UInt32($0), proof: proofs[Int($0)]) }
            #expect(candidates.sorted { $0.nonce < $1.nonce } == expected)
        }
    }

    /// Compares RandomX's digests with the portable interpreter's.
    private func randomX(v2: Bool, streams: Int) throws {
        _ = try Fixture.device()
        let work = try SmallRandomX.work(
            SmallRandomX.algorithm(SmallRandomX.parameters(v2: v2, even: true, tiny: true)))
        let expected = SmallRandomX.proofs(work, 0..<5).map(\.digest)
        for device in Fixture.devices {
            let lane = try SmallRandomX.lane(work.algorithm, on: device, room: 2) {
                ($0.batch, $0.padsPerBuffer) = (3, 1)
                ($0.groupHash, $0.groupFill, $0.groupLoop, $0.groupItems) = (2, 8, 2, 4)
                ($0.iterations, $0.iterationsLight) = (2, 2)
                ($0.streams, $0.sharing, $0.hasDataset) = (streams, 3, true)
            }
            try lane.prepare(work)
            #expect(try lane.digests(0..<5) == expected, "light on \(device.id)")
            #expect(try lane.settle(Settling()) == .settled)
            #expect(try lane.digests(0..<5) == expected, "with a dataset on \(device.id)")
            try Self.results(lane, work, expected)
        }
    }

    private func sha256d(width: Int, length: Int = 80, nonceOffset: Int = 76) throws {
        let work = try SHA256dLaneTests.work(length: length, nonceOffset: nonceOffset)
        let expected = SHA256dLaneTests.digests(work, 0..<7 as Range<UInt64>)
        for device in try Fixture.all() {
            // An input of two blocks that is no header has an eighth of the batch.
            let batch = length == 80 ? 5 : 40
            let lane = try SHA256dLaneTests.lane(
                on: device,
                [
                    "width": width, "unroll": 0, "multiply": width == 1 ? 1 : 0, "nonces": 2, "groupHash": 2,
                    "batch": batch,
                ], slice: 3,
                room: 3)
            try lane.prepare(work)
            #expect(try lane.digests(0..<7) == expected)
            try Self.results(lane, work, expected)
        }
    }

    private func scrypt(gap: Int, items: Int) throws {
        let work = try ScryptLaneTests.work()
        for device in try Fixture.all() {
            let lane = try ScryptLaneTests.lane(
                on: device,
                [
                    "gap": gap, "items": items, "batch": 5, "interleave": 2, "groupLoop": 2, "groupHash": 4,
                ], rows: 16, padsPerBuffer: 2, turns: 11, room: 3)
            try lane.prepare(work)
            #expect(try lane.digests(0..<7) == ScryptLaneTests.small)
            try Self.results(lane, work, ScryptLaneTests.small)
        }
    }
}
