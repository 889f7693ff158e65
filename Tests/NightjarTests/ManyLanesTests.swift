import Nightjar
import NightjarCPU
import NightjarDevices
import NightjarPlatform
import TestSupport
import Testing

/// More lanes than processing units: a few are made at once, so that a run that ends need not wait for all of them.
@Suite(.timeLimit(.minutes(10))) struct ManyLanesTests {
    private let cpu = CPUBackend()

    private func core(_ backend: FakeBackend) throws -> EngineCore {
        try EngineCore(
            devices: nil, threads: 9, randomX: .automatic, niceness: 0, backends: [backend], verifier: cpu)
    }

    @Test(arguments: [1, 2, 4, 9, 20]) func allAreMadeInTheEnd(_ atOnce: Int) throws {
        let backend = FakeBackend(.none, cpu: cpu, id: .cpu, lanes: 9, madeAtOnce: atOnce)
        let core = try core(backend)
        #expect(try core.selftest(.cnPico, on: .cpu, cancellation: Cancellation()) > 1)
        #expect(backend.made.withLock { $0 } == 9 && backend.living.withLock { $0 } == 0)
    }

    @Test func afterACancellationNoFurtherLaneIsMade() async throws {
        let gate = Monitor(false)
        let backend = FakeBackend(.none, cpu: cpu, id: .cpu, lanes: 9, madeAtOnce: 2) { _ in
            gate.wait { $0 ? () : nil }
        }
        let core = try core(backend)
        let cancellation = Cancellation()
        let result = Monitor<Result<Int, NightjarError>?>(nil)
        let thread = try PinnedThread(name: "caller") {
            let value = Result { () throws(NightjarError) in
                try core.selftest(.cnPico, on: .cpu, cancellation: cancellation)
            }
            result.withLock { $0 = value }
        }
        try await eventually("two lanes") { backend.made.withLock { $0 } == 2 }
        cancellation.cancel()
        gate.change { $0 = true }
        await thread.joined()
        #expect(throws: NightjarError.cancelled) { try result.withLock { $0 }?.get() }
        #expect(backend.made.withLock { $0 } == 2 && backend.living.withLock { $0 } == 0)
    }

    /// One that fails lets those behind it go: the others need not wait for ever.
    @Test func afterAFailureNoFurtherLaneIsMade() throws {
        let backend = FakeBackend(.wrongAnswers, cpu: cpu, id: .cpu, lanes: 9, madeAtOnce: 1)
        let core = try core(backend)
        #expect(throws: NightjarError.self) {
            try core.selftest(.cnPico, on: .cpu, cancellation: Cancellation())
        }
        #expect(backend.made.withLock { $0 } == 1 && backend.living.withLock { $0 } == 0)
    }

    /// The CPU's own plan.
    @Test func theCPUMakesAsManyAsItHasUnits() throws {
        let units = try #require(cpu.devices.first).computeUnits
        #expect(try cpu.plan(.cnPico, on: .cpu, threads: 3 * units).madeAtOnce == units)
        #expect(try cpu.plan(.cnPico, on: .cpu, threads: 3 * units).lanes.count == 3 * units)
    }
}
