import NightjarCPU
import NightjarCore
import NightjarDevices
import NightjarPlatform
import Synchronization

/// A device whose batch is all 2³² nonces of a unit of work. Of each batch it hashes the first part and what is audited,
/// for a test has no time for the rest: it finds fewer shares than it should, and nothing that is wrong.
final class WholeUnitChip: Backend {
    static let id = DeviceID.opencl(platform: 9, device: 0)
    /// Nonces of a batch that are hashed.
    static let hashed: UInt64 = 1 << 14

    let devices = [
        Device(
            id: WholeUnitChip.id, kind: .accelerator, name: "chip", platform: "fake", driver: "1", computeUnits: 1,
            memory: 1 << 30, fp64: false)
    ]
    private let cpu: CPUBackend
    private let longest = Locked(0)

    init(_ cpu: CPUBackend) { self.cpu = cpu }

    /// The nonces of its largest batch.
    var longestBatch: Int { longest.withLock { $0 } }

    func support(for algorithm: Algorithm, on device: DeviceID) -> Support { cpu.support(for: algorithm, on: .cpu) }

    func plan(_ algorithm: Algorithm, on device: DeviceID, threads: Int?) throws -> LanePlan {
        LanePlan(lanes: [{ Lane(try self.cpu.lane(algorithm), self) }], explanation: ["1 lane of 2³² nonces"])
    }

    private final class Lane: NightjarDevices.Lane {
        let batch = 1 << 32
        let mostCandidates = 1 << 16
        private let inner: any NightjarDevices.Lane
        private let chip: WholeUnitChip

        init(_ inner: any NightjarDevices.Lane, _ chip: WholeUnitChip) {
            self.inner = inner
            self.chip = chip
        }

        func prepare(_ work: Work) throws { try inner.prepare(work) }

        func scan(
            _ nonces: Range<UInt64>, target: Target, audit: Range<UInt64>?, into candidates: inout [Candidate]
        ) throws {
            chip.longest.withLock { $0 = max($0, nonces.count) }
            let first = nonces.lowerBound..<min(nonces.lowerBound + WholeUnitChip.hashed, nonces.upperBound)
            guard let audit else {
                return try inner.scan(first, target: target, audit: nil, into: &candidates)
            }
            let before = first.clamped(to: nonces.lowerBound..<audit.lowerBound)
            let behind = first.clamped(to: audit.upperBound..<nonces.upperBound)
            for part in [before, audit, behind] {
                try inner.scan(part, target: target, audit: part == audit ? audit : nil, into: &candidates)
            }
        }

        func checksum(_ nonces: Range<UInt64>) throws -> UInt64 { try inner.checksum(nonces) }

        func digests(_ nonces: Range<UInt64>, into digests: UnsafeMutableBufferPointer<Digest>) throws {
            try inner.digests(nonces, into: digests)
        }
    }
}
