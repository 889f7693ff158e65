import Nightjar
import NightjarCPU
import NightjarDevices
import NightjarPlatform

/// A device that hashes as the CPU does, until told to go wrong in one particular way.
final class FakeBackend: Backend {
    enum Fault: Sendable {
        case none
        /// Known answers come out wrong.
        case wrongAnswers
        /// Checksums come out wrong.
        case wrongChecksums
        /// Candidates carry digests that are not theirs.
        case wrongCandidates
        /// Candidates carry a commitment that is better than theirs.
        case wrongCommitments
        /// Every nonce is said to meet the target, with a digest that would.
        case boastfulDigests
        /// Every nonce is a candidate, with its true digest.
        case missedTarget
        /// Candidates are nonces that it was not asked for.
        case foreignNonces
        /// Each candidate comes twice.
        case twice
        /// Nothing is found, and audited nonces come back with digests that are not theirs.
        case wrongSilence
        /// Audited nonces do not come back.
        case emptySilence
        /// The last audited nonce does not come back.
        case forgetfulSilence
        /// `scan` throws after so many batches.
        case scanFails(after: Int)
        /// The first so many lanes throw in `scan`; those made later are sound.
        case lanesFail(Int)
        /// Ways to hash are compared for so many batches.
        case compares(batches: Int)
        case prepareFails
        case planFails
    }

    static let id = DeviceID.opencl(platform: 9, device: 0)
    let devices: [Device]
    private let fault: Fault
    private let cpu: CPUBackend
    private let lanes: Int
    private let batch: Int
    private let madeAtOnce: Int?
    /// Called with the number of each lane that is made, on its thread.
    private let onMake: @Sendable (Int) -> Void
    /// Every nonce range that any lane was given, with the input it was prepared for.
    let scanned = Monitor<[(input: [UInt8], nonces: Range<UInt64>)]>([])

    /// Lanes that have not been released.
    let living = Monitor(0)
    /// Lanes that were made.
    let made = Monitor(0)
    /// Lanes that were alive at each reset.
    let resets = Monitor<[Int]>([])
    /// What was said of the device, in order.
    let verdicts = Monitor<[Verdict]>([])

    enum Verdict: Sendable { case suspected, acquitted }

    init(
        _ fault: Fault, cpu: CPUBackend, id: DeviceID = FakeBackend.id, lanes: Int = 1, batch: Int = 2,
        madeAtOnce: Int? = nil, onMake: @escaping @Sendable (Int) -> Void = { _ in }
    ) {
        (self.madeAtOnce, self.onMake) = (madeAtOnce, onMake)
        self.fault = fault
        self.cpu = cpu
        self.lanes = lanes
        self.batch = batch
        devices = [
            Device(
                id: id, kind: .accelerator, name: "fake", platform: "fake", driver: "1", computeUnits: 1,
                memory: 1 << 30, fp64: false)
        ]
    }

    func support(for algorithm: Algorithm, on device: DeviceID) -> Support {
        algorithm == .rx0 ? .unsupported("it is a fake") : .supported
    }

    func plan(_ algorithm: Algorithm, on device: DeviceID, threads: Int?) throws -> LanePlan {
        if case .planFails = fault { throw NightjarError(device: device, reason: "no plan today") }
        let (fault, cpu, batch, scanned, living, made) = (fault, cpu, batch, scanned, living, made)
        let onMake = onMake
        return LanePlan(
            lanes: (0..<lanes).map { _ in
                {
                    let number = made.withLock { made in
                        made += 1
                        return made
                    }
                    onMake(number)
                    var fault = fault
                    if case .lanesFail(let count) = fault { fault = number <= count ? .scanFails(after: 0) : .none }
                    return FakeLane(
                        try cpu.lane(algorithm), device: device, fault: fault, batch: batch, scanned: scanned,
                        living: living)
                }
            },
            madeAtOnce: madeAtOnce, explanation: ["\(lanes) fake lanes"])
    }

    func suspect(_ device: DeviceID) {
        verdicts.change { $0.append(.suspected) }
        reset(device)
    }

    func acquit(_ device: DeviceID) { verdicts.change { $0.append(.acquitted) } }

    func reset(_ device: DeviceID) {
        let count = living.withLock { $0 }
        resets.change { $0.append(count) }
    }
}

private final class FakeLane: Lane {
    let batch: Int
    private let inner: any Lane
    private let device: DeviceID
    private let fault: FakeBackend.Fault
    private let scanned: Monitor<[(input: [UInt8], nonces: Range<UInt64>)]>
    private let living: Monitor<Int>
    private var input: [UInt8] = []
    private var batches = 0

    init(
        _ inner: any Lane, device: DeviceID, fault: FakeBackend.Fault, batch: Int,
        scanned: Monitor<[(input: [UInt8], nonces: Range<UInt64>)]>, living: Monitor<Int>
    ) {
        self.living = living
        living.change { $0 += 1 }
        self.inner = inner
        self.device = device
        self.fault = fault
        self.batch = batch
        self.scanned = scanned
    }

    var mostCandidates: Int { batch }

    var isComparing: Bool { if case .compares(let most) = fault { batches < most } else { false } }

    deinit { living.change { $0 -= 1 } }

    func prepare(_ work: Work) throws {
        if case .prepareFails = fault, work.nonceOffset != nil {
            throw NightjarError(device: device, reason: "out of fake memory")
        }
        try inner.prepare(work)
        input = work.input(nonce: 0)
    }

    func scan(
        _ nonces: Range<UInt64>, target: Target, audit: Range<UInt64>?, into candidates: inout [Candidate]
    ) throws {
        scanned.change { $0.append((input, nonces)) }
        batches += 1
        if case .scanFails(let after) = fault, batches > after {
            throw NightjarError(device: device, reason: "it broke")
        }
        let first = candidates.count
        let audited = audit ?? 0..<0
        if case .emptySilence = fault { return }
        try inner.scan(nonces, target: .easiest, audit: nil, into: &candidates)
        func isWanted(_ candidate: Candidate) -> Bool {
            target.isMet(by: candidate.proof) || audited.contains(UInt64(candidate.nonce))
        }
        candidates =
            Array(candidates[..<first])
            + candidates[first...].flatMap { candidate -> [Candidate] in
                switch fault {
                case .wrongCandidates:
                    var digest = candidate.digest
                    digest.words.0 ^= 1
                    return [Candidate(nonce: candidate.nonce, digest: digest)]
                case .wrongCommitments:
                    return [
                        Candidate(nonce: candidate.nonce, proof: Proof(digest: candidate.digest, commitment: Digest()))
                    ]
                case .wrongSilence:
                    guard audited.contains(UInt64(candidate.nonce)) else { return [] }
                    var digest = candidate.digest
                    // Worse than any target below the easiest, so that it is kept to itself.
                    digest.words.3 = .max - 1
                    return [Candidate(nonce: candidate.nonce, digest: digest)]
                case .missedTarget: return [candidate]
                case .boastfulDigests:
                    var digest = candidate.digest
                    digest.words.3 = 0
                    return [Candidate(nonce: candidate.nonce, digest: digest)]
                case .foreignNonces: return [Candidate(nonce: candidate.nonce &+ 1000, digest: candidate.digest)]
                case .forgetfulSilence:
                    return isWanted(candidate) && UInt64(candidate.nonce) + 1 != audited.upperBound ? [candidate] : []
                case .twice: return isWanted(candidate) ? [candidate, candidate] : []
                default: return isWanted(candidate) ? [candidate] : []
                }
            }
    }

    func checksum(_ nonces: Range<UInt64>) throws -> UInt64 {
        if case .compares = fault {
            batches += 1
            scanned.change { $0.append((input, nonces)) }
        }
        if case .wrongChecksums = fault { return try inner.checksum(nonces) ^ 1 }
        return try inner.checksum(nonces)
    }

    func digests(_ nonces: Range<UInt64>, into digests: UnsafeMutableBufferPointer<Digest>) throws {
        try inner.digests(nonces, into: digests)
        if case .wrongAnswers = fault { digests[0].words.0 ^= 1 }
    }
}
