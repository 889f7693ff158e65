import Nightjar
import NightjarCPU
import NightjarDevices
import NightjarPlatform
import TestSupport
import Testing

/// A device is suspected after a call that failed, a hang or a wrong hash, and after nothing else; known answers acquit
/// it.
@Suite(.serialized, .timeLimit(.minutes(5))) struct SuspicionTests {
    private let cpu = CPUBackend()

    private func engine(_ fake: FakeBackend) throws -> Engine { try Engine(backends: [fake], verifier: cpu) }

    @Test func aCancelledBenchmarkSaysNothingAgainstTheDevice() async throws {
        let fake = FakeBackend(.none, cpu: cpu)
        let engine = try engine(fake)
        let isHashing = Monitor(false)
        let bench = Task {
            await engine.benchOutcome(.cnPico, on: FakeBackend.id, length: .seconds(1e6)) { _ in
                isHashing.change { $0 = true }
            }
        }
        try await eventually("hashes") { isHashing.withLock { $0 } }
        bench.cancel()
        #expect(await bench.value.error == .cancelled)
        #expect(fake.resets.withLock { $0.count } == 1, "what it had is let go of")
        #expect(fake.verdicts.withLock { $0 } == [.acquitted])
    }

    @Test func aMistypedBenchmarkSaysNothingAgainstTheDevice() async throws {
        let fake = FakeBackend(.none, cpu: cpu)
        let engine = try engine(fake)
        for (length, settings) in [
            (BenchLength.hashes(0), nil), (.seconds(-1), nil), (.hashes(1), TuningSettings(["grouploop": 1])),
        ] {
            let result = await engine.benchOutcome(.cnPico, on: FakeBackend.id, length: length, settings: settings)
            #expect(result.error != nil)
        }
        #expect(
            await engine.benchOutcome(.rx0, on: FakeBackend.id, length: .hashes(1)).error != nil, "it is not supported")
        #expect(fake.verdicts.withLock { $0 }.isEmpty)
    }

    @Test func wrongHashesAndFailedCallsAreSuspicious() async throws {
        for fault in [FakeBackend.Fault.wrongAnswers, .planFails, .prepareFails] {
            let fake = FakeBackend(fault, cpu: cpu)
            let result = await (try engine(fake)).benchOutcome(.cnPico, on: FakeBackend.id, length: .hashes(4))
            #expect(result.error != nil)
            #expect(fake.verdicts.withLock { $0 } == [.suspected], "\(fault)")
        }
        let fake = FakeBackend(.wrongAnswers, cpu: cpu)
        await #expect(throws: NightjarError.self) { try await engine(fake).selftest(.cnPico, on: FakeBackend.id) }
        #expect(fake.verdicts.withLock { $0 } == [.suspected])
    }

    @Test func knownAnswersAcquit() async throws {
        let input = [UInt8](repeating: 0, count: 76)
        let fake = FakeBackend(.none, cpu: cpu)
        let engine = try engine(fake)
        _ = try await engine.selftest(.cnPico, on: FakeBackend.id)
        _ = await engine.benchOutcome(.cnPico, on: FakeBackend.id, length: .hashes(4))
        _ = try await engine.hash(input, algorithm: .cnPico)
        let mining = try engine.startMining()
        mining.setJob(
            try Job(name: "a", work: Work(algorithm: .cnPico, input: input, nonceOffset: 39), target: .easiest))
        for await event in mining.events { if case .ready = event { break } }
        await mining.stop()
        #expect(fake.verdicts.withLock { $0 } == Array(repeating: .acquitted, count: 4))
        await engine.releaseLanes()
    }

    @Test func aSearchOnADeviceThatFailedOnceAcquitsIt() async throws {
        let fake = FakeBackend(.lanesFail(1), cpu: cpu)
        let job = try Job(
            name: "a", work: Work(algorithm: .cnPico, input: [UInt8](repeating: 0, count: 76), nonceOffset: 39),
            target: .easiest)
        for try await _ in try engine(fake).search(job, recovery: Recovery(pauses: [.zero])) { break }
        let verdicts = fake.verdicts.withLock { $0 }
        #expect(verdicts.prefix(3) == [.acquitted, .suspected, .acquitted])
    }
}
