import Nightjar
import NightjarCPU
import NightjarDevices
import NightjarOpenCL
import NightjarPlatform
import TestSupport
import Testing

/// Many inputs at once on a device other than the CPU: in batches of one epoch, by one lane.
@Suite(.serialized, .timeLimit(.minutes(20))) struct DeviceInputsTests {
    private let cpu = CPUBackend()

    /// Inputs of several lengths, none beside its like.
    private static func inputs(_ count: Int, from first: Int = 76) -> [[UInt8]] {
        (0..<count).map { index in
            (0..<first + index % 3 * 50).map { UInt8(truncatingIfNeeded: $0 &* 5 &+ index) }
        }
    }

    // MARK: Which inputs make a batch

    private func core(_ device: BatchingBackend) throws -> EngineCore {
        try EngineCore(
            devices: nil, threads: 1, randomX: .light, niceness: 0, backends: [cpu, device], verifier: cpu)
    }

    /// Lists of one input each, as a stream of shares makes them, while the lane is being made.
    @Test func whatWaitsIsHashedInWholeBatchesOfOneHeight() throws {
        let device = BatchingBackend(cpu, atOnce: 8)
        let core = try core(device)
        let inputs = Self.inputs(40)
        let heights = (0..<40).map { UInt64(1_806_260 + $0 % 2) }
        let lists = zip(inputs, heights).map {
            InputList(CollectionOfOne($0), algorithm: .cnR, epoch: .height($1))
        }
        for list in lists { try core.submit(list, on: BatchingBackend.id) }
        device.open()
        let found = try lists.map {
            try $0.wait()
            return $0.digest(0)
        }
        // Twenty of each height: the height goes first whose list waits longest.
        let batches = device.batches
        #expect(batches.map(\.count) == [8, 8, 8, 8, 4, 4])
        #expect(batches.map(\.epoch) == [0, 1, 0, 1, 0, 1].map { .height(1_806_260 + $0) })
        // In their order, whatever was hashed with what.
        #expect(
            found
                == (try zip(inputs, heights).map { input, height in
                    try core.digest(of: Work(algorithm: .cnR, input: input, epoch: .height(height)), on: .cpu)
                }))
        core.close()
    }

    @Test func aLongListIsOneBatchAfterTheOther() async throws {
        let device = BatchingBackend(cpu, atOnce: 8)
        device.open()
        let engine = try Engine(threads: 1, randomX: .light, backends: [cpu, device], verifier: cpu)
        let inputs = Self.inputs(21)
        let digests = try await engine.hash(inputs, algorithm: .cnPico, on: BatchingBackend.id)
        #expect(digests == (try await engine.hash(inputs, algorithm: .cnPico, on: .cpu)))
        #expect(device.batches.map(\.count) == [8, 8, 5])
        // A single one takes the same lane, because two may not have room.
        #expect(try await engine.hash(inputs[3], algorithm: .cnPico, on: BatchingBackend.id) == digests[3])
        #expect(device.batches.map(\.count) == [8, 8, 5, 1] && device.made.withLock { $0 } == 1)
        await engine.releaseLanes()
    }

    @Test func whatIsNotWantedAnyMoreIsNotHashed() throws {
        let device = BatchingBackend(cpu, atOnce: 8)
        let core = try core(device)
        let lists = Self.inputs(4).map { InputList(CollectionOfOne($0), algorithm: .cnPico, epoch: .none) }
        for list in lists { try core.submit(list, on: BatchingBackend.id) }
        lists[1].giveUp()
        device.open()
        for index in [0, 2, 3] { try lists[index].wait() }
        #expect(throws: NightjarError.cancelled) { try lists[1].wait() }
        #expect(device.batches.map(\.count) == [3])
        core.close()
    }

    @Test func aFailedBatchFailsItsInputsAndTheNextCallGetsANewLane() async throws {
        let device = BatchingBackend(cpu, atOnce: 2)
        device.open()
        device.failing.withLock { $0 = 1 }
        let engine = try Engine(threads: 1, randomX: .light, backends: [cpu, device], verifier: cpu)
        let error = await #expect(throws: NightjarError.self) {
            try await engine.hash(Self.inputs(3), algorithm: .cnPico, on: BatchingBackend.id)
        }
        #expect(error == NightjarError(device: BatchingBackend.id, reason: "it broke"))
        let digests = try await engine.hash(Self.inputs(3), algorithm: .cnPico, on: BatchingBackend.id)
        #expect(digests == (try await engine.hash(Self.inputs(3), algorithm: .cnPico, on: .cpu)))
        #expect(device.made.withLock { $0 } == 2)
        await engine.releaseLanes()
    }

    // MARK: OpenCL's digests

    private func openCL() throws -> (Engine, DeviceID) {
        let openCL = OpenCLBackend(cacheDirectory: nil)
        let device = try #require(openCL.devices.first?.id, "the tests need an OpenCL device")
        return (try Engine(threads: 2, randomX: .light, backends: [cpu, openCL], verifier: cpu), device)
    }

    @Test(arguments: [Algorithm.cnPico, .cnUpx2, .cnGPU, .sha256d, .scrypt, .rxArq])
    func anOpenCLDeviceHasTheCPUsDigests(_ algorithm: Algorithm) async throws {
        let (engine, device) = try openCL()
        let seed = algorithm.needs.contains(.seed) ? [UInt8](repeating: 7, count: 32) : nil
        let inputs = Self.inputs(algorithm == .rxArq ? 6 : 30)
        let digests = try await engine.hash(inputs, algorithm: algorithm, seed: seed, on: device)
        #expect(digests == (try await engine.hash(inputs, algorithm: algorithm, seed: seed, on: .cpu)))
        await engine.releaseLanes()
    }

    @Test func heightsMayAlternate() async throws {
        let (engine, device) = try openCL()
        let inputs = Self.inputs(12)
        let heights = (0..<12).map { UInt64(1_806_260 + $0 % 2) }
        let digests = try await engine.hash(inputs, algorithm: .cnR, heights: heights, on: device)
        #expect(digests == (try await engine.hash(inputs, algorithm: .cnR, heights: heights, on: .cpu)))
        await engine.releaseLanes()
    }

    @Test func sharesAreVerifiedInBatches() async throws {
        let (engine, device) = try openCL()
        let inputs = Self.inputs(40)
        let digests = try await engine.hash(inputs, algorithm: .cnPico, on: .cpu)
        var shares: [ClaimedShare] = []
        var expected: [Verdict] = []
        let none = try #require(Target(littleEndian: [UInt8](repeating: 0, count: 32)))
        for (index, (input, digest)) in zip(inputs, digests).enumerated() {
            var words = digest.words
            if index % 4 == 1 { words.2 ^= 1 }
            shares.append(
                try ClaimedShare(
                    algorithm: .cnPico, input: input, result: Digest(words: words),
                    target: index % 4 == 2 ? none : nil))
            expected.append(index % 4 == 1 ? .wrongResult : index % 4 == 2 ? .aboveTarget : .ok)
        }
        #expect(try await engine.verify(shares, on: device) == expected)
        await engine.releaseLanes()
    }
}

/// A device whose lanes hash inputs as the CPU does, note each batch, and are made when the test lets them.
private final class BatchingBackend: Backend {
    static let id = DeviceID.opencl(platform: 8, device: 0)

    let devices: [Device]
    private let cpu: CPUBackend
    private let atOnce: Int
    private let isOpen = Monitor(false)
    private let noted = Monitor<[(count: Int, epoch: Epoch)]>([])
    /// Lanes that were made.
    let made = Monitor(0)
    /// Batches that are to fail, after the known answers.
    let failing = Monitor(0)

    init(_ cpu: CPUBackend, atOnce: Int) {
        (self.cpu, self.atOnce) = (cpu, atOnce)
        devices = [
            Device(
                id: Self.id, kind: .accelerator, name: "fake", platform: "fake", driver: "1", computeUnits: 1,
                memory: 1 << 30, fp64: false)
        ]
    }

    /// The batches after the known answers.
    var batches: [(count: Int, epoch: Epoch)] { noted.withLock { $0 } }

    func open() { isOpen.change { $0 = true } }

    func support(for algorithm: Algorithm, on device: DeviceID) -> Support { .supported }

    func plan(_ algorithm: Algorithm, on device: DeviceID, threads: Int?) throws -> LanePlan {
        let (cpu, atOnce, isOpen, noted, made, failing) = (cpu, atOnce, isOpen, noted, made, failing)
        return LanePlan(
            lanes: [
                {
                    isOpen.wait { $0 ? () : nil }
                    made.change { $0 += 1 }
                    let known = Set(KnownAnswers.answers(for: algorithm).map(\.work.epoch)).count
                    return BatchingLane(
                        try cpu.lane(algorithm), atOnce, unnoted: known, noted: noted, failing: failing)
                }
            ], explanation: ["a lane"])
    }
}

private final class BatchingLane: InputLane {
    private let inner: any InputLane
    let inputsAtOnce: Int
    /// Calls that are not noted yet: those of known answers.
    private var unnoted: Int
    private let noted: Monitor<[(count: Int, epoch: Epoch)]>
    private let failing: Monitor<Int>

    init(
        _ inner: any InputLane, _ atOnce: Int, unnoted: Int, noted: Monitor<[(count: Int, epoch: Epoch)]>,
        failing: Monitor<Int>
    ) {
        (self.inner, inputsAtOnce, self.unnoted) = (inner, atOnce, unnoted)
        (self.noted, self.failing) = (noted, failing)
    }

    var batch: Int { 1 << 20 }
    var mostCandidates: Int { inner.mostCandidates }

    func prepare(_ work: Work) throws { try inner.prepare(work) }

    func scan(
        _ nonces: Range<UInt64>, target: Target, audit: Range<UInt64>?, into candidates: inout [Candidate]
    ) throws { try inner.scan(nonces, target: target, audit: audit, into: &candidates) }

    func checksum(_ nonces: Range<UInt64>) throws -> UInt64 { try inner.checksum(nonces) }

    func digests(_ nonces: Range<UInt64>, into digests: UnsafeMutableBufferPointer<Digest>) throws {
        try inner.digests(nonces, into: digests)
    }

    func digests(of inputs: Inputs, _ epoch: Epoch, into digests: UnsafeMutableBufferPointer<Digest>) throws {
        unnoted -= 1
        if unnoted < 0 {
            noted.change { $0.append((inputs.count, epoch)) }
            let fails = failing.withLock { left -> Bool in
                left -= 1
                return left >= 0
            }
            if fails { throw NightjarError(device: BatchingBackend.id, reason: "it broke") }
        }
        try inner.digests(of: inputs, epoch, into: digests)
    }
}
