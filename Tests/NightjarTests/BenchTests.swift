import Nightjar
import NightjarCPU
import NightjarPlatform
import TestSupport
import Testing

@Suite(.serialized, .timeLimit(.minutes(10))) struct BenchTests {
    private let cpu = CPUBackend()

    /// Every algorithm on every device that runs it, against `bench.json`.
    @Test(arguments: Catalog.all)
    func checksumsOverSixtyFourHashes(_ algorithm: Algorithm) async throws {
        let engine = try Engine()
        let known = try #require(try Vectors.checksums(algorithm.name).first { $0.hashes == 64 })
        for device in engine.devices where engine.support(for: algorithm, on: device.id) == .supported {
            let result = await engine.benchOutcome(algorithm, on: device.id, length: .hashes(64))
            #expect(result.checksumHex == known.checksum)
            #expect(result.error == nil)
            #expect(result.isVerified)
            #expect(result.hashes == 64)
            #expect(result.facts.lanes >= 1)
            #expect(try #require(result.hashrate) > 0)
            #expect(result.setupSeconds > 0 && result.seconds > 0)
            #expect(result.deviceName == device.name)
        }
    }

    @Test func threadsDoNotChangeTheChecksum() async throws {
        var checksums: [UInt64?] = []
        for threads in [1, 3] {
            let engine = try Engine(threads: threads, backends: [cpu], verifier: cpu)
            let result = await engine.benchOutcome(.cn0, on: .cpu, length: .hashes(7))
            #expect(result.facts.lanes == threads && result.hashes == 7 && result.isVerified)
            checksums.append(result.checksum)
        }
        #expect(checksums[0] != nil && checksums[0] == checksums[1])
    }

    /// Whatever number of hashes the time allows, they are the first so many.
    @Test func secondsHashConsecutiveNonces() async throws {
        let engine = try Engine(threads: 2, backends: [cpu], verifier: cpu)
        let result = await engine.benchOutcome(.cn0, on: .cpu, length: .seconds(0.2))
        #expect(result.isVerified && result.hashes >= 1 && result.seconds >= 0.2)
        let again = await engine.benchOutcome(.cn0, on: .cpu, length: .hashes(result.hashes))
        #expect(again.checksum == result.checksum)
    }

    /// Hashes that are made while ways to hash are compared are not measured, and are no more than are measured.
    @Test(arguments: [(compared: 3, made: 6), (compared: 1000, made: 24)])
    func aComparisonIsNotMeasured(compared: Int, made: Int) async throws {
        let backend = FakeBackend(.compares(batches: compared), cpu: cpu)
        let engine = try Engine(backends: [backend], verifier: cpu)
        let result = await engine.benchOutcome(.cn0, on: FakeBackend.id, length: .hashes(24))
        #expect(result.isVerified && result.hashes == 24)
        // Known answers are hashed one by one.
        let scanned: [Range<UInt64>] = backend.scanned.withLock { $0 }.map { $0.nonces }
        let batches = scanned.filter { $0.count == 2 }
        let before: Int = batches.dropLast(12).map { $0.count }.reduce(0, +)
        #expect(before == made, "\(batches)")
        let measured: [UInt64] = batches.suffix(12).flatMap { Array($0) }
        #expect(measured == Array(0..<24), "\(batches)")
    }

    @Test func theShortestTimeMeasuresSomething() async throws {
        let engine = try Engine(threads: 1, backends: [cpu], verifier: cpu)
        let result = await engine.benchOutcome(.cn0, on: .cpu, length: .seconds(1e-9))
        #expect(result.isVerified && result.hashes >= 1 && (result.hashrate ?? 0) > 0)
    }

    @Test(arguments: [FakeBackend.Fault.wrongAnswers, .wrongChecksums])
    func wrongHashesHaveNoSpeed(_ fault: FakeBackend.Fault) async throws {
        let engine = try Engine(backends: [FakeBackend(fault, cpu: cpu)], verifier: cpu)
        let result = await engine.benchOutcome(.cn0, on: FakeBackend.id, length: .hashes(4))
        #expect(result.hashrate == nil && !result.isVerified && result.hashes == 0 && result.checksum == nil)
        #expect(result.error?.reason.contains("wrong hashes for cn/0") == true)
    }

    @Test func impossibleBenchmarksSaySo() async throws {
        let engine = try Engine(backends: [FakeBackend(.none, cpu: cpu)], verifier: cpu)
        for (algorithm, device, length) in [
            (Algorithm.rx0, FakeBackend.id, BenchLength.hashes(4)), (.cn0, .cpu, .hashes(4)),
            (.cn0, FakeBackend.id, .hashes(0)), (.cn0, FakeBackend.id, .hashes(-1)),
            (.cn0, FakeBackend.id, .seconds(0)),
            (.cn0, FakeBackend.id, .seconds(.nan)), (.cn0, FakeBackend.id, .seconds(.infinity)),
        ] {
            let result = await engine.benchOutcome(algorithm, on: device, length: length)
            #expect(result.error != nil && result.hashrate == nil && !result.isVerified)
        }
    }

    @Test func cancelledBenchmarkHasNoSpeed() async throws {
        let engine = try Engine(threads: 1, backends: [cpu], verifier: cpu)
        let (progress, continuation) = AsyncStream.makeStream(of: Int.self)
        let task = Task {
            await engine.benchOutcome(.cn0, on: .cpu, length: .hashes(1_000_000)) { continuation.yield($0) }
        }
        var iterator = progress.makeAsyncIterator()
        // A batch's worth of hashes.
        let first = try #require(await iterator.next())
        #expect(first >= 1 && first < 1000)
        task.cancel()
        let result = await task.value
        #expect(result.hashrate == nil && !result.isVerified && result.error == .cancelled)
    }
}
