import Nightjar
import NightjarCore
import NightjarPlatform
import NightjarReport
import Synchronization

/// Measures an algorithm on several devices at the same time. Each device has a thread of its own; they begin each window
/// together.
struct BenchTogether: Sendable {
    /// What came of one algorithm.
    struct Finding: Sendable {
        var rates: [(device: DeviceID, rate: Double)] = []
        /// Why there are no rates.
        var fault: String?
    }

    /// Seconds of a window.
    let seconds: Double
    let settings: TuningSettings?

    /// The windows that count.
    private static let windows = 3

    /// What the devices' threads share: those that wait for the next window, and what is found.
    private struct State {
        var waiting = 0
        var round = 0
        /// A device failed: none goes on.
        var isOver = false
        var rates: [[Double]]
        var faults: [String?]
    }

    /// Measures; it blocks its thread.
    func measure(
        _ algorithm: Algorithm, on devices: [DeviceID], _ engine: EngineCore, _ cancellation: Cancellation
    ) -> Finding {
        let state = Monitor(
            State(rates: devices.map { _ in [] }, faults: [String?](repeating: nil, count: devices.count)))
        var threads: [PinnedThread] = []
        var finding = Finding()
        for (index, device) in devices.enumerated() {
            do {
                threads.append(
                    try PinnedThread(name: "together \(index)") {
                        self.run(algorithm, on: device, index, of: devices.count, state, engine, cancellation)
                    })
            } catch {
                finding.fault = "\(error)"
                state.change { $0.isOver = true }
                break
            }
        }
        for thread in threads { thread.join() }
        let (rates, faults) = state.withLock { ($0.rates, $0.faults) }
        for (device, fault) in zip(devices, faults) {
            if let fault, finding.fault == nil { finding.fault = "\(device): \(fault)" }
        }
        guard finding.fault == nil else { return finding }
        for (device, rates) in zip(devices, rates) {
            guard let rate = SampleStatistics.median(rates) else {
                finding.fault = "\(device): nothing was measured"
                return finding
            }
            finding.rates.append((device, rate))
        }
        return finding
    }

    private func run(
        _ algorithm: Algorithm, on device: DeviceID, _ index: Int, of count: Int, _ state: Monitor<State>,
        _ engine: EngineCore, _ cancellation: Cancellation
    ) {
        let session = engine.benchSession(
            algorithm, on: device, hashes: nil, settings: device == .cpu ? nil : settings, cancellation: cancellation)
        session.compare(before: .seconds(seconds))
        // The first window warms up.
        for window in 0...Self.windows {
            guard session.isReady, Self.waitForOthers(count, state),
                let measured = session.measure(
                    .seconds(seconds), most: (1 << 32) / UInt64(2 * Self.windows), counts: window > 0)
            else { break }
            if window > 0 { state.withLock { $0.rates[index].append(measured.rate) } }
        }
        let outcome = session.end()
        state.change { state in
            if let error = outcome.error { state.faults[index] = error.reason }
            // The others do not wait for one that has failed.
            if outcome.error != nil || state.rates[index].count < Self.windows { state.isOver = true }
        }
    }

    /// Waits until all devices are ready for the next window.
    ///
    /// - Returns: whether there is one.
    private static func waitForOthers(_ count: Int, _ state: Monitor<State>) -> Bool {
        let round = state.change { state in
            state.waiting += 1
            if state.waiting == count {
                state.waiting = 0
                state.round += 1
                return state.round - 1
            }
            return state.round
        }
        return state.wait { state in state.isOver ? false : state.round > round ? true : nil }
    }
}
