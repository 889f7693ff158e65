import NightjarCPU
import NightjarPlatform
import Testing

@Suite(.timeLimit(.minutes(10))) struct PinTests {
    @Test func pinHolds() throws {
        let topology = try Topology()
        for unit in topology.layout.cores.flatMap(\.units) {
            let seen = Monitor<[Int]>([])
            let thread = try PinnedThread(name: "pinned") {
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
        let thread = try PinnedThread(name: "pinned") {
            do {
                try topology.pinThread(to: 60_000)
                Issue.record("pinned to nowhere")
            } catch { reason.withLock { $0 = "\(error)" } }
        }
        thread.join()
        #expect(reason.withLock { $0 }.hasPrefix("cpu: hwloc_set_cpubind: "))
    }
}
