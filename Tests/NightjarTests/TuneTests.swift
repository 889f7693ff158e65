import Nightjar
import NightjarCPU
import NightjarDevices
import NightjarPlatform
import TestSupport
import Testing

/// Tuning on a fake device whose speed is what its settings say.
@Suite(.serialized, .timeLimit(.minutes(10))) struct TuneTests {
    private let cpu = CPUBackend()

    /// A call takes a millisecond whatever it does, so that bigger batches are faster; some settings are traps.
    private final class Tunable: TunableBackend {
        enum Trap: Sendable { case none, wrongHashes, throwing }

        let devices: [Device]
        let trap: Trap
        let kept = Monitor<[(TuningSettings, String)]>([])
        let tried = Monitor<[TuningSettings]>([])
        let resets = Monitor(0)
        /// Whether each verdict was a suspicion.
        let verdicts = Monitor<[Bool]>([])
        private let expected: [Digest]
        private let values: [Int]

        init(_ cpu: CPUBackend, trap: Trap = .none, values: [Int] = [1, 2, 4, 8]) throws {
            self.trap = trap
            self.values = values
            devices = [
                Device(
                    id: FakeBackend.id, kind: .accelerator, name: "fake", platform: "fake", driver: "1",
                    computeUnits: 1,
                    memory: 1 << 30, fp64: false)
            ]
            let lane = try cpu.lane(.cn0)
            try lane.prepare(KnownAnswers.benchmark(.cn0))
            var digests = [Digest](repeating: Digest(), count: 4)
            for i in 0..<4 {
                try digests.withUnsafeMutableBufferPointer {
                    try lane.digests(
                        UInt64(i)..<UInt64(i + 1), into: UnsafeMutableBufferPointer(rebasing: $0[i..<i + 1]))
                }
            }
            expected = digests
        }

        func support(for algorithm: Algorithm, on device: DeviceID) -> Support { .supported }
        func plan(_ algorithm: Algorithm, on device: DeviceID, threads: Int?) throws -> LanePlan {
            LanePlan(lanes: [], explanation: [])
        }
        func knobs(_ algorithm: Algorithm, on device: DeviceID) -> [TuningKnob] {
            values.isEmpty
                ? [] : [TuningKnob(name: "batch", values: values), TuningKnob(name: "trap", values: [0, 1])]
        }
        func defaultSettings(_ algorithm: Algorithm, on device: DeviceID) -> TuningSettings {
            TuningSettings(["batch": 2, "trap": 0])
        }
        func plan(_ algorithm: Algorithm, on device: DeviceID, settings: TuningSettings) throws -> LanePlan {
            tried.withLock { $0.append(settings) }
            let isTrapped = settings["trap"] == 1 && trap != .none
            if isTrapped, trap == .throwing { throw NightjarError(device: device, reason: "the trap") }
            let batch = (settings["batch"] ?? 1) * (isTrapped ? 100 : 1)
            let make: @Sendable () -> any Lane = { [expected] in Replay(batch: batch, expected, isWrong: isTrapped) }
            return LanePlan(lanes: Array(repeating: make, count: settings["queues"] ?? 1), explanation: [])
        }
        func keep(_ settings: TuningSettings, explanation: String, for: Algorithm, on: DeviceID) -> Bool {
            kept.withLock { $0.append((settings, explanation)) }
            return true
        }
        func reset(_ device: DeviceID) { resets.withLock { $0 += 1 } }
        func suspect(_ device: DeviceID) {
            verdicts.withLock { $0.append(true) }
            reset(device)
        }
        func acquit(_ device: DeviceID) { verdicts.withLock { $0.append(false) } }
    }

    private final class Replay: Lane {
        let batch: Int
        private let expected: [Digest]
        private let isWrong: Bool

        init(batch: Int, _ expected: [Digest], isWrong: Bool) {
            self.batch = batch
            self.expected = expected
            self.isWrong = isWrong
        }

        func prepare(_ work: Work) {}
        var mostCandidates: Int { batch }
        func scan(
            _ nonces: Range<UInt64>, target: Target, audit: Range<UInt64>?, into candidates: inout [Candidate]
        ) {
            let end = ContinuousClock.now + .milliseconds(1)
            while ContinuousClock.now < end {}
            for nonce in audit ?? 0..<0 where nonce < 4 {
                var digest = expected[Int(nonce)]
                if isWrong { digest.words.0 ^= 1 }
                candidates.append(Candidate(nonce: UInt32(nonce), digest: digest))
            }
        }
        func checksum(_ nonces: Range<UInt64>) -> UInt64 { 0 }
        func digests(_ nonces: Range<UInt64>, into digests: UnsafeMutableBufferPointer<Digest>) {}
    }

    @Test func theFastestIsFoundKeptAndExplained() async throws {
        let fake = try Tunable(cpu)
        let engine = try Engine(backends: [fake], verifier: cpu)
        let fractions = Monitor<[Double]>([])
        let result = await engine.tune(.cn0, on: FakeBackend.id, seconds: 2) { progress in
            fractions.withLock { $0.append(progress.fraction) }
        }
        #expect(result.error == nil && result.isKept)
        #expect(result.settings?["batch"] == 8)
        #expect(result.explanation.hasPrefix("tuned: batch 8 instead of 2"), "\(result.explanation)")
        #expect(result.explanation.contains(" times the defaults' speed, the best of \(result.tried) settings"))
        let gain = try #require(result.gain)
        #expect(gain.low <= gain.median && gain.median <= gain.high && gain.low > 1 && (2...3).contains(gain.turns))
        #expect(result.explanation.contains(" \(gain) times"), "\(result.explanation)")
        // In turns, and each of the two comes first in every other one.
        let defaults = TuningSettings(["batch": 2, "trap": 0])
        let again = result.measurements.suffix(2 * gain.turns).map { $0.settings == defaults }
        #expect(again == Array([false, true, true, false, false, true].prefix(2 * gain.turns)))
        #expect((result.hashrate ?? 0) > (result.defaultHashrate ?? .infinity))
        #expect(fake.kept.withLock { $0.map(\.0) } == [result.settings])
        let told = fractions.withLock { $0 }
        #expect(told == told.sorted() && told.allSatisfy { (0...1).contains($0) } && told.count >= 5)
    }

    @Test func aGainHasItsSpread() {
        #expect(TuneResult.Gain([1.2, 1.104, 1.5])?.description == "1.20 (1.10 to 1.50 in 3 turns)")
        #expect(TuneResult.Gain([2, 1])?.description == "1.50 (1.00 to 2.00 in 2 turns)")
        #expect(TuneResult.Gain([]) == nil)
    }

    @Test(arguments: [Tunable.Trap.wrongHashes, .throwing])
    private func wrongHashesAreNeverChosenHoweverFast(_ trap: Tunable.Trap) async throws {
        let fake = try Tunable(cpu, trap: trap)
        let result = await (try Engine(backends: [fake], verifier: cpu)).tune(.cn0, on: FakeBackend.id, seconds: 2)
        #expect(result.error == nil && result.settings?["trap"] == 0 && result.settings?["batch"] == 8)
        #expect(fake.tried.withLock { $0.contains { $0["trap"] == 1 } }, "it was tried")
        #expect(fake.resets.withLock { $0 } > 0, "what failed may have spoilt the device")
        let verdicts = fake.verdicts.withLock { $0 }
        #expect(!verdicts.isEmpty && !verdicts.contains(true), "settings that fail say nothing against the device")
    }

    @Test func nothingToTune() async throws {
        let none = await (try Engine(backends: [Tunable(cpu, values: [])], verifier: cpu)).tune(
            .cn0, on: FakeBackend.id, seconds: 1)
        #expect(
            none.settings == nil && none.error == nil
                && none.explanation == "nothing to tune: this device leaves no choice")
        let native = await (try Engine(backends: [cpu], verifier: cpu)).tune(.cn0, on: .cpu, seconds: 1)
        #expect(
            native.settings == nil && native.error == nil
                && native.explanation.hasPrefix("nothing to tune: its lanes measure"))
        let absent = await (try Engine(backends: [cpu], verifier: cpu)).tune(.cn0, on: FakeBackend.id, seconds: 1)
        #expect(absent.error?.reason == "there is no such device")
    }

    @Test func cancellingKeepsNothing() async throws {
        let fake = try Tunable(cpu)
        let engine = try Engine(backends: [fake], verifier: cpu)
        let task = Task { await engine.tune(.cn0, on: FakeBackend.id, seconds: 3600) }
        try await eventually("a first try") { !fake.tried.withLock(\.isEmpty) }
        task.cancel()
        #expect(await task.value.error == .cancelled)
        #expect(fake.kept.withLock { $0.isEmpty })
    }
}
