import Glibc
import Nightjar
import NightjarCPU
import NightjarDevices
import NightjarPlatform
import TestSupport
import Testing

/// A limit on threads, as of a container, met at each thread that a call starts: the call says so, and nothing dies.
@Suite(.serialized, .timeLimit(.minutes(2))) struct ThreadLimitTests {
    private let cpu = CPUBackend()

    private func engine() throws -> Engine {
        try Engine(threads: 2, backends: [cpu, FakeBackend(.none, cpu: cpu, lanes: 2)], verifier: cpu)
    }

    /// Runs `body` with ever more threads granted, until it needs no more.
    ///
    /// - Parameter body: returns why it failed; `nil` when it did not.
    /// - Returns: how many threads it took.
    private func threads(_ body: () async throws -> String?) async throws -> Int {
        for granted in 0..<20 {
            let left = Monitor(granted)
            let reason = try await withRefusedThreads({ _ in
                left.withLock { left in
                    left -= 1
                    return left < 0 ? EAGAIN : 0
                }
            }) { try await body() }
            guard let reason else { return granted }
            #expect(reason.contains("could not be started"), "\(reason)")
            #expect(!reason.contains("\n"))
        }
        Issue.record("it never succeeded")
        return 0
    }

    @Test func hashSaysSo() async throws {
        let engine = try engine()
        let count = try await threads {
            do {
                _ = try await engine.hash([UInt8](repeating: 0, count: 76), algorithm: .cnPico, on: .cpu)
                return nil
            } catch let error as NightjarError { return error.description }
        }
        #expect(count == 1)
    }

    @Test func selftestSaysSo() async throws {
        let engine = try engine()
        let count = try await threads {
            do {
                try await engine.selftest(.cnPico, on: .cpu)
                return nil
            } catch let error as NightjarError { return error.description }
        }
        #expect(count == 3)
    }

    @Test func benchSaysSo() async throws {
        let engine = try engine()
        let count = try await threads {
            await engine.benchOutcome(.cnPico, on: .cpu, length: .hashes(4)).error?.description
        }
        #expect(count == 3)
    }

    @Test func tuneSaysSo() async throws {
        let engine = try engine()
        let count = try await threads { await engine.tune(.cnPico, on: .cpu, seconds: 1).error?.description }
        #expect(count == 1)
    }

    /// The next epoch's thread, the verifier and two devices are the run's; each device's lanes come later.
    @Test func miningSaysSo() async throws {
        let engine = try engine()
        let count = try await threads {
            do {
                let mining = try engine.startMining()
                await mining.stop()
                return nil
            } catch let error as NightjarError { return error.description }
        }
        #expect(count == 4)
    }

    @Test func searchSaysSo() async throws {
        let engine = try Engine(threads: 2, backends: [cpu], verifier: cpu)
        let job = try Job(
            name: "a", work: Work(algorithm: .cnPico, input: [UInt8](repeating: 0, count: 76), nonceOffset: 39),
            target: .easiest)
        let count = try await threads {
            do {
                for try await _ in engine.search(job, recovery: Recovery(pauses: [])) { return nil }
                return "it ended"
            } catch let error as NightjarError { return error.description }
        }
        #expect(count == 5)
    }
}
