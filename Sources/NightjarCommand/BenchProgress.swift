import NightjarPlatform
import NightjarReport
import Synchronization

/// The line on the terminal that says how far a benchmark is: `[3/6] cn/upx2 on cpu  measuring 2 of 5  1.31 kH/s  40 s left`.
final class BenchProgress: Sendable {
    private struct State {
        var head = ""
        var words = ""
        var start = ContinuousClock.now
        var shown: ContinuousClock.Instant?
        var isDrawn = false
    }

    private let isOn: Bool
    private let state = Locked(State())
    /// Two lines in less time would only flicker.
    private static let pause = Duration.milliseconds(100)

    init() { isOn = Output.errorIsTerminal }

    /// Begins a step.
    ///
    /// - Parameter head: what is measured.
    func begin(_ head: String, _ words: String) {
        guard isOn else { return }
        state.withLock { state in
            (state.head, state.words, state.start, state.shown) = (head, words, .now, nil)
            draw(&state, "")
        }
    }

    /// The hashes of the step so far.
    func hashes(_ count: Int) {
        guard isOn else { return }
        state.withLock { state in
            let seconds = (ContinuousClock.now - state.start) / .seconds(1)
            if seconds > 0.1 { draw(&state, "  \(Quantity.rate(Double(count) / seconds))") }
        }
    }

    /// The part of a dataset that is full, from 0 to 1.
    func dataset(_ part: Double) {
        guard isOn else { return }
        state.withLock { state in
            let seconds = (ContinuousClock.now - state.start) / .seconds(1)
            let left = part > 0.05 ? ", \(Quantity.fixed(seconds / part * (1 - part), 0)) s left" : ""
            let full = max(0, min(10, Int(part * 10)))
            let bar = String(repeating: "#", count: full) + String(repeating: ".", count: 10 - full)
            state.words = "filling the dataset [\(bar)] \(Int(part * 100)) %\(left)"
            draw(&state, "")
        }
    }

    /// Takes the line away, so that another can be printed.
    func clear() {
        guard isOn else { return }
        state.withLock { state in
            if state.isDrawn { Output.progress("\r\u{1B}[K") }
            state.isDrawn = false
        }
    }

    private func draw(_ state: inout State, _ more: String) {
        let now = ContinuousClock.now
        if let shown = state.shown, now - shown < Self.pause { return }
        state.shown = now
        state.isDrawn = true
        let line = "\(state.head)  \(state.words)\(more)"
        Output.progress("\r\u{1B}[K\(line.prefix(max(Terminal.errorWidth - 1, 20)))")
    }
}
