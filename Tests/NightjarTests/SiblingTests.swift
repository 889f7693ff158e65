import Nightjar
import NightjarAlgorithms
import NightjarCPU
import NightjarCore
import NightjarDevices
import NightjarPlatform
import TestSupport
import Testing

/// Works that a lane hashes side by side with the same nonces.
@Suite(.serialized, .timeLimit(.minutes(5))) struct SiblingTests {
    private static let cpu = CPUBackend()

    /// Headers that differ in their first byte, which is the token too.
    private static func work(_ version: UInt8) throws -> Work {
        try Work(algorithm: .sha256d, input: [version] + [UInt8](repeating: 5, count: 79), nonceOffset: 76)
    }

    private static func job(_ siblings: UInt8, target: Target, last: UInt32 = 999) throws -> Job {
        let unit = WorkUnit(
            try work(0), nonces: NonceSpace(first: 0, last: last), token: [0],
            siblings: try (0..<siblings).map { WorkUnit.Sibling(try work($0 + 1), token: [$0 + 1]) })
        return Job(id: JobID("side by side"), algorithm: .sha256d, source: SingleWork(unit), target: target)
    }

    private static func digest(_ version: UInt8, _ nonce: UInt32) throws -> Digest {
        var digest = Digest()
        try work(version).input(nonce: nonce).withUnsafeBytes { SHA256d.hash($0, into: &digest) }
        return digest
    }

    /// Mines until no nonce is left.
    private static func mine(_ job: Job, on backend: SiblingBackend, audit: Duration = .seconds(60)) async throws -> (
        shares: [Share], faults: [String], hashes: UInt64
    ) {
        let mining = try Engine(threads: 1, backends: [backend], verifier: cpu).startMining(
            auditInterval: audit, recovery: Recovery(pauses: []))
        mining.setJob(job)
        var (shares, faults): ([Share], [String]) = ([], [])
        func take(_ event: MiningEvent) {
            switch event {
            case .share(let share): shares.append(share)
            case .wrongHash(_, _, let reason), .failed(_, let reason): faults.append(reason)
            default: break
            }
        }
        events: for await event in mining.events {
            take(event)
            switch event {
            case .exhausted, .failed: break events
            default: break
            }
        }
        await mining.stop()
        for await event in mining.events { take(event) }
        return (shares, faults, mining.hashCounts().map(\.hashes).reduce(0, +))
    }

    /// Each share has the work and the token of the sibling that it was found in, and every hash counts.
    @Test(arguments: 0...3)
    func eachShareIsItsSiblings(_ used: Int) async throws {
        let target = try #require(Target(cryptonote: .max / 8))
        let job = try Self.job(3, target: target)
        let (shares, faults, hashes) = try await Self.mine(job, on: SiblingBackend(Self.cpu, uses: used), audit: .zero)
        #expect(faults == [] && hashes == UInt64(1000 * (used + 1)))
        var expected: Set<[UInt32]> = []
        for version in 0...UInt8(used) {
            for nonce in 0..<1000 as Range<UInt32> where target.isMet(by: try Self.digest(version, nonce)) {
                expected.insert([UInt32(version), nonce])
            }
        }
        #expect(expected.count > 80 * (used + 1))
        #expect(Set(shares.map { [UInt32($0.token[0]), $0.nonce] }) == expected && shares.count == expected.count)
        for share in shares {
            #expect(share.jobID == job.id && share.unit.siblings.isEmpty)
            #expect(share.work == (try Self.work(share.token[0])))
            #expect(share.digest == (try Self.digest(share.token[0], share.nonce)))
        }
    }

    /// One nonce may be found in several siblings; the same sibling's nonce twice, or a sibling that is not there, is a
    /// fault of the device.
    @Test func foundTwiceIsAFaultOfOneSiblingOnly() async throws {
        let job = try Self.job(3, target: .easiest, last: 9)
        let honest = try await Self.mine(job, on: SiblingBackend(Self.cpu, uses: 3))
        #expect(honest.faults == [] && honest.shares.count == 40)
        let twice = try await Self.mine(job, on: SiblingBackend(Self.cpu, uses: 3) { [$0, $0] })
        #expect(twice.faults.contains("it was reported twice"))
        #expect(Set(twice.shares.map { [UInt32($0.token[0]), $0.nonce] }).count == twice.shares.count)
        let foreign = try await Self.mine(
            job,
            on: SiblingBackend(Self.cpu, uses: 1) { [Candidate(nonce: $0.nonce, sibling: 2, proof: $0.proof)] })
        #expect(foreign.shares.isEmpty)
        #expect(foreign.faults.allSatisfy { $0.hasPrefix("it was asked for") || $0.contains("wrong") })
    }

    /// An audit wants each nonce of every sibling.
    @Test func anAuditMissesASibling() async throws {
        let job = try Self.job(3, target: try #require(Target(cryptonote: 1)))
        let silent = SiblingBackend(Self.cpu, uses: 3) { $0.sibling == 2 ? [] : [$0] }
        let (shares, faults, _) = try await Self.mine(job, on: silent, audit: .zero)
        #expect(shares.isEmpty)
        #expect(faults.contains { $0.contains("hashes gave only") }, "\(faults)")
    }

    /// A verifier does not believe that a digest is a sibling's.
    @Test func aDigestOfAnotherSiblingIsWrong() async throws {
        let job = try Self.job(1, target: .easiest, last: 99)
        let mixed = SiblingBackend(Self.cpu, uses: 1) {
            [Candidate(nonce: $0.nonce, sibling: 1 - $0.sibling, proof: $0.proof)]
        }
        let (shares, faults, _) = try await Self.mine(job, on: mixed)
        #expect(shares.isEmpty)
        #expect(faults.contains { $0.hasPrefix("it says") }, "\(faults)")
    }
}

/// A device that hashes siblings one after the other, as the CPU does, and changes what it found.
private final class SiblingBackend: Backend {
    static let id = DeviceID.opencl(platform: 9, device: 0)
    let devices = [
        Device(
            id: SiblingBackend.id, kind: .accelerator, name: "fake", platform: "fake", driver: "1", computeUnits: 1,
            memory: 1 << 30, fp64: false)
    ]
    private let cpu: CPUBackend
    private let used: Int
    private let change: @Sendable (Candidate) -> [Candidate]

    init(_ cpu: CPUBackend, uses used: Int, change: @escaping @Sendable (Candidate) -> [Candidate] = { [$0] }) {
        (self.cpu, self.used, self.change) = (cpu, used, change)
    }

    func support(for algorithm: Algorithm, on device: DeviceID) -> Support { .supported }

    func plan(_ algorithm: Algorithm, on device: DeviceID, threads: Int?) throws -> LanePlan {
        let (cpu, used, change) = (cpu, used, change)
        return LanePlan(
            lanes: [{ SiblingLane(try cpu.lane(algorithm), uses: used, change: change) }], explanation: ["a fake lane"])
    }

    func suspect(_ device: DeviceID) {}
    func acquit(_ device: DeviceID) {}
    func reset(_ device: DeviceID) {}
}

private final class SiblingLane: Lane {
    private let inner: any Lane
    private let used: Int
    private let change: (Candidate) -> [Candidate]
    private var works: [Work] = []

    init(_ inner: any Lane, uses used: Int, change: @escaping (Candidate) -> [Candidate]) {
        (self.inner, self.used, self.change) = (inner, used, change)
    }

    var batch: Int { 100 }
    var mostCandidates: Int { 400 }

    func prepare(_ work: Work) throws {
        works = [work]
        try inner.prepare(work)
    }

    func prepare(_ work: Work, siblings: [WorkUnit.Sibling]) throws -> Int {
        try prepare(work)
        works += siblings.prefix(used).map(\.work)
        return works.count - 1
    }

    func scan(
        _ nonces: Range<UInt64>, target: Target, audit: Range<UInt64>?, into candidates: inout [Candidate]
    ) throws {
        for (number, work) in works.enumerated() {
            var found: [Candidate] = []
            try inner.prepare(work)
            try inner.scan(nonces, target: target, audit: audit, into: &found)
            candidates += found.flatMap { change(Candidate(nonce: $0.nonce, sibling: number, proof: $0.proof)) }
        }
    }

    func checksum(_ nonces: Range<UInt64>) throws -> UInt64 { try inner.checksum(nonces) }

    func digests(_ nonces: Range<UInt64>, into digests: UnsafeMutableBufferPointer<Digest>) throws {
        try inner.digests(nonces, into: digests)
    }
}
