import Nightjar
import NightjarCPU
import NightjarDevices
import NightjarPlatform
import Testing

/// A lane whose batch is all 2³² nonces: nothing on the way is as large as that.
@Suite(.serialized, .timeLimit(.minutes(5))) struct HugeBatchTests {
    private let cpu = CPUBackend()
    private static let room = 100

    /// Hashes no nonces but those of audits and of small ranges, and finds nothing.
    private final class HugeBackend: Backend {
        let devices = [
            Device(
                id: FakeBackend.id, kind: .accelerator, name: "huge", platform: "fake", driver: "1", computeUnits: 1,
                memory: 1 << 30, fp64: false)
        ]
        let scans = Monitor<[(nonces: Range<UInt64>, audit: Range<UInt64>?)]>([])
        private let cpu: CPUBackend

        init(_ cpu: CPUBackend) { self.cpu = cpu }

        func support(for algorithm: Algorithm, on device: DeviceID) -> Support { .supported }

        func plan(_ algorithm: Algorithm, on device: DeviceID, threads: Int?) throws -> LanePlan {
            LanePlan(lanes: [{ HugeLane(try self.cpu.lane(algorithm), self) }], explanation: ["1 huge lane"])
        }
    }

    private final class HugeLane: Lane {
        let batch = 1 << 32
        let mostCandidates = HugeBatchTests.room
        private let inner: any Lane
        private let backend: HugeBackend

        init(_ inner: any Lane, _ backend: HugeBackend) {
            self.inner = inner
            self.backend = backend
        }

        func prepare(_ work: Work) throws { try inner.prepare(work) }

        func scan(
            _ nonces: Range<UInt64>, target: Target, audit: Range<UInt64>?, into candidates: inout [Candidate]
        ) throws {
            backend.scans.change { $0.append((nonces, audit)) }
            if let audit { try inner.scan(audit, target: target, audit: audit, into: &candidates) }
        }

        func checksum(_ nonces: Range<UInt64>) throws -> UInt64 {
            nonces.count <= HugeBatchTests.room ? try inner.checksum(nonces) : nonces.upperBound
        }

        func digests(_ nonces: Range<UInt64>, into digests: UnsafeMutableBufferPointer<Digest>) throws {
            try inner.digests(nonces, into: digests)
        }
    }

    /// Mines until the job's nonces are used up, every batch audited.
    private func mine(_ target: Target, _ nonces: NonceSpace) async throws -> (HugeBackend, DeviceHealth) {
        let backend = HugeBackend(cpu)
        let engine = try Engine(backends: [backend], verifier: cpu)
        let mining = try engine.startMining(auditInterval: .zero, eventCapacity: 10_000)
        let work = try Work(algorithm: .cnUpx2, input: [UInt8](repeating: 7, count: 76), nonceOffset: 39)
        mining.setJob(Job(name: "a", work: work, target: target, nonces: nonces))
        for await event in mining.events {
            if case .failed(_, let reason) = event { Issue.record("\(reason)") }
            if case .wrongHash(_, _, let reason) = event { Issue.record("\(reason)") }
            if case .exhausted = event { break }
        }
        await mining.stop()
        #expect(mining.hashCounts().map(\.hashes) == [UInt64(nonces.range.count)])
        return (backend, try #require(mining.health().first))
    }

    @Test func allNoncesAreOneScan() async throws {
        let (backend, health) = try await mine(try #require(Target(cryptonote: 1)), .full)
        let scans = backend.scans.withLock { $0 }
        #expect(scans.map(\.nonces) == [0..<1 << 32])
        let audit = try #require(scans.first?.audit)
        #expect(audit.count == 64 && audit.upperBound <= 1 << 32)
        #expect(health.checked == 1 && health.wrong == 0)
    }

    /// An audit is anywhere in its batch, and its end may be the batch's.
    @Test func auditsAreSmallAndAnywhere() async throws {
        var firsts: Set<UInt64> = []
        for _ in 0..<20 {
            let nonces = NonceSpace(first: 1000, last: 1000 + 64 * 50 + 9)
            let (backend, _) = try await mine(try #require(Target(cryptonote: 1)), nonces)
            for (nonces, audit) in backend.scans.withLock({ $0 }) {
                let audit = try #require(audit)
                #expect(audit.count == min(64, Int(nonces.upperBound - audit.lowerBound)) && !audit.isEmpty)
                #expect(nonces.lowerBound <= audit.lowerBound && audit.upperBound <= nonces.upperBound)
                firsts.insert(audit.lowerBound)
            }
        }
        // Twenty times the same of 51 places is a chance of 51^-19.
        #expect(firsts.count > 1)
    }

    /// A batch's candidates have room, as far as chance allows.
    @Test func anEasyTargetGetsFewerNonces() async throws {
        let (easiest, _) = try await mine(.easiest, NonceSpace(first: 0, last: 249))
        #expect(easiest.scans.withLock { $0.map(\.nonces) } == [0..<100, 100..<200, 200..<250])
        let hundredth = Target(difficulty: try #require(Difficulty(100)))
        let (easy, _) = try await mine(hundredth, NonceSpace(first: 0, last: 9999))
        #expect(easy.scans.withLock { $0.map(\.nonces) } == [0..<5000, 5000..<10_000])
    }

    @Test func aBenchmarkOfAllNonces() async throws {
        let engine = try Engine(backends: [HugeBackend(cpu)], verifier: cpu)
        let result = await engine.benchOutcome(.cnUpx2, on: FakeBackend.id, length: .hashes(1 << 32))
        #expect(result.error == nil && result.hashes == 1 << 32 && result.checksum == 1 << 32)
    }
}
