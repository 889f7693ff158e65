import Nightjar
import NightjarCPU
import NightjarCore
import NightjarDevices
import NightjarPlatform
import TestSupport
import Testing

/// Two runs on one engine, as two teams have them: huge pages are held for each run's verifier until it has its lane.
@Suite(.timeLimit(.minutes(10))) struct VerifierRoomTests {
    @Test func aRunHoldsPagesUntilItsVerifierHasThem() async throws {
        let reserve = PageReserve(free: { nil })
        let cpu = CPUBackend(reserve: reserve)
        let engine = try Engine(threads: 1, backends: [FakeBackend(.none, cpu: cpu)], verifier: cpu)
        let first = try engine.startMining(runs: 2)
        let pages = reserve.pages
        let second = try engine.startMining(runs: 2)
        #expect(pages > 0 && reserve.pages == 2 * pages, "the second run has no job yet")
        first.setJob(
            Job(
                name: "a",
                work: try Work(algorithm: .cn0, input: [UInt8](repeating: 7, count: 76), nonceOffset: 39, height: 1),
                target: .easiest))
        for await event in first.events { if case .share = event { break } }
        #expect(reserve.pages == pages, "the first run's verifier has its lane")
        await first.stop()
        await second.stop()
        withExtendedLifetime((first, second)) {}
    }

    @Test func aRunThatEndsHoldsNone() async throws {
        let reserve = PageReserve(free: { nil })
        let cpu = CPUBackend(reserve: reserve)
        do {
            let engine = try Engine(threads: 1, backends: [FakeBackend(.none, cpu: cpu)], verifier: cpu)
            await (try engine.startMining()).stop()
        }
        try await eventually("nothing held") { reserve.pages == 0 }
    }
}
