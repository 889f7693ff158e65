import NightjarCPU
import NightjarPlatform
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(10))) struct ThreadTests {
    @Test func bodyRunsAndJoinWaitsForIt() {
        let state = Monitor(0)
        let thread = PinnedThread(name: "test") { state.change { $0 = 1 } }
        thread.join()
        #expect(state.withLock { $0 } == 1)
        thread.join()
    }

    @Test func joiningFromAsyncCodeMoreThanOnce() async throws {
        let gate = Monitor(false)
        let state = Monitor((joining: 0, hasEnded: false))
        let thread = PinnedThread(name: "a name that is longer than systems show") {
            gate.wait { $0 ? () : nil }
            state.withLock { $0.hasEnded = true }
        }
        /// Joins, and says whether the thread's body had ended by then.
        @Sendable func join() async -> Bool {
            state.withLock { $0.joining += 1 }
            await thread.joined()
            return state.withLock { $0.hasEnded }
        }
        async let first = join()
        async let second = join()
        try await eventually("two that wait for the thread") { state.withLock { $0.joining } == 2 }
        #expect(!state.withLock { $0.hasEnded })
        gate.change { $0 = true }
        #expect(await first)
        #expect(await second)
        #expect(await join(), "one that has ended is joined at once")
    }

    @Test func monitorHandsOverUnderContention() {
        let slot = Monitor<Int?>(nil)
        let total = Monitor(0)
        let takers = (0..<2).map { _ in
            PinnedThread(name: "taker") {
                for _ in 0..<500 {
                    let value = slot.wait { state in
                        defer { state = nil }
                        return state
                    }
                    total.change { $0 += value }
                }
            }
        }
        let makers = (0..<2).map { _ in
            PinnedThread(name: "maker") {
                for value in 1...500 {
                    slot.wait { state -> Void? in
                        guard state == nil else { return nil }
                        state = value
                        return ()
                    }
                }
            }
        }
        for thread in makers + takers { thread.join() }
        #expect(total.withLock { $0 } == 500 * 501)
    }

    @Test func aWaitHasAnEnd() {
        let state = Monitor(0)
        #expect(state.wait(milliseconds: 1) { $0 == 1 ? $0 : nil } == nil)
        #expect(state.wait(milliseconds: 1_000_000) { $0 == 0 ? $0 : nil } == 0)
        let thread = PinnedThread(name: "test") { state.change { $0 = 1 } }
        #expect(state.wait(milliseconds: 1_000_000) { $0 == 1 ? $0 : nil } == 1)
        thread.join()
    }

    @Test func pinHolds() throws {
        let topology = try Topology()
        for unit in topology.layout.cores.flatMap(\.units) {
            let seen = Monitor<[Int]>([])
            let thread = PinnedThread(name: "pinned") {
                do {
                    try topology.pinThread(to: unit)
                    let units = try topology.threadUnits()
                    seen.withLock { $0 = units }
                } catch { Issue.record(error) }
            }
            thread.join()
            #expect(seen.withLock { $0 } == [unit])
        }
    }

    @Test func pinningToAUnitThatIsNotThereSaysSo() throws {
        let topology = try Topology()
        let reason = Monitor("")
        let thread = PinnedThread(name: "pinned") {
            do {
                try topology.pinThread(to: 60_000)
                Issue.record("pinned to nowhere")
            } catch { reason.withLock { $0 = "\(error)" } }
        }
        thread.join()
        #expect(reason.withLock { $0 }.hasPrefix("cpu: hwloc_set_cpubind: "))
    }
}
