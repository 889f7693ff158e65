import NightjarMiner
import NightjarPlatform
import Synchronization

/// A run on a terminal: the status line, drawn again each second, and the keys.
final class Screen {
    private let terminal: Terminal?
    private let drawing: Task<Void, Never>
    private let output: LineOutput

    /// The list of keys. It is shown at the start of a run and when the user presses another key.
    static let keys = "h hash rates, p pause, r resume, s shares, c connection, q quit"

    /// `nil` where output is not a terminal that can redraw a line.
    init?(_ output: LineOutput, _ statistics: Statistics, _ miner: any MinerControl) {
        guard Terminal.isScreen else { return nil }
        self.output = output
        drawing = Task {
            // Wait a second first, for the lines that introduce the run.
            while (try? await Task.sleep(for: .seconds(1))) != nil {
                // In the background, the terminal belongs to another process.
                output.status(
                    Terminal.isInFront ? StatusLine.parts(statistics.snapshot(), width: Terminal.width - 1) : [])
            }
        }
        guard Terminal.isThere else {
            terminal = nil
            return
        }
        let wantsEnd = Locked(false)
        @Sendable func show(_ lines: (MinerSnapshot, Int) -> [String]) {
            for line in lines(statistics.snapshot(), Terminal.width - 1) { output.write(line) }
        }
        terminal = Terminal(clear: {
            output.status([])
            output.flush()
        }) { key in
            switch key {
            case "h": show(StatusLine.hashRates)
            case "s": show(StatusLine.shares)
            case "c": show(StatusLine.connection)
            case "p": Task { await miner.pause(.user) }
            case "r":
                // The user at the machine may also end a pause that came through the API.
                Task {
                    await miner.resume(.user)
                    await miner.resume(.api)
                }
            case "q":
                let isAgain = wantsEnd.withLock { wantsEnd in
                    defer { wantsEnd = true }
                    return wantsEnd
                }
                let isStopping = isAgain || statistics.snapshot().isStopping
                Task { if isStopping { await miner.hurry() } else { await miner.stop(.request) } }
            default: output.write("keys: \(Self.keys)")
            }
        }
    }

    /// Clears the status line and restores the terminal.
    func close() {
        drawing.cancel()
        output.status([])
        terminal?.close()
    }
}
