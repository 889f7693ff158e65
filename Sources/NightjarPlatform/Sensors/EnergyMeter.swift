import Synchronization

/// Counts the energy of devices: on request, and in between on a thread of its own, because power is energy only when it is
/// read often, and counters begin anew after some minutes.
///
/// Its owner ends it with ``end()``.
package final class EnergyMeter: Sendable {
    /// The energy of a device up to a moment.
    package struct Total: Sendable, Hashable {
        let joules: Double
        let gaps: Int

        /// The joules since `earlier`; `nil` when some are not known.
        package func joules(since earlier: Total) -> Double? { gaps == earlier.gaps ? joules - earlier.joules : nil }
    }

    private struct Counted: Sendable {
        let input: EnergyInput
        var count = EnergyCount()
    }

    private struct State: Sendable {
        var devices: [String: [Counted]]
        var isOver = false

        mutating func read(_ id: String, at time: Double) {
            guard var counted = devices[id] else { return }
            for index in counted.indices { counted[index].count.take(counted[index].input.read(), at: time) }
            devices[id] = counted
        }
    }

    private let state: Monitor<State>
    private let thread: Locked<PinnedThread?>
    private let seconds: @Sendable () -> Double

    /// Between two readings of a power.
    package static let period = 100

    /// - Parameters:
    ///   - devices: the inputs of each device that has some.
    ///   - seconds: a clock that never goes back; tests have their own, and no thread.
    package init(_ devices: [String: [EnergyInput]], seconds: (@Sendable () -> Double)? = nil) {
        let state = Monitor(
            State(devices: devices.filter { !$0.value.isEmpty }.mapValues { $0.map { Counted(input: $0) } }))
        let begin = ContinuousClock.now
        let clock = seconds ?? { (ContinuousClock.now - begin) / .seconds(1) }
        self.state = state
        self.seconds = clock
        let isNeeded = seconds == nil && devices.contains { !$0.value.isEmpty }
        // Without the thread, a power's samples are unknown, and those of a counter are right but for its turns.
        thread = Locked(isNeeded ? try? PinnedThread(name: "energy") { Self.run(state, clock) } : nil)
    }

    deinit { end() }

    private static func run(_ state: Monitor<State>, _ seconds: () -> Double) {
        while true {
            let isOver = state.withLock { state in
                for id in state.devices.keys { state.read(id, at: seconds()) }
                return state.isOver
            }
            if isOver || state.wait(milliseconds: period, { $0.isOver ? true : nil }) == true { return }
        }
    }

    /// A device's energy up to now; `nil` for a device without inputs.
    package func total(of id: String) -> Total? {
        state.withLock { state in
            state.read(id, at: seconds())
            guard let counted = state.devices[id] else { return nil }
            return Total(
                joules: counted.reduce(0) { $0 + $1.count.joules }, gaps: counted.reduce(0) { $0 + $1.count.gaps })
        }
    }

    /// Where a device's energy is read.
    package func source(of id: String) -> EnergySource? {
        state.withLock { $0.devices[id]?.first?.input.source }
    }

    /// Ends the thread; readings on request go on.
    package func end() {
        state.change { $0.isOver = true }
        thread.withLock { thread in
            thread?.join()
            thread = nil
        }
    }
}
