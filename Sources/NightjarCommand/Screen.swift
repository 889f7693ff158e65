import NightjarMiner

/// A run on a terminal: the line below all others, drawn again each second, and the keys.
final class Screen {
    private let terminal: Terminal?
    private let drawing: Task<Void, Never>
    private let output: LineOutput

    /// What the keys are, for the beginning of a run and for whoever presses another.
    static let keys = "keys: h hash rates, p pause, r resume, s shares, c connection, q quit"

    /// `nil` where nothing can be drawn anew.
    init?(_ output: LineOutput, _ statistics: Statistics, _ miner: any MinerControl) {
        guard Terminal.isScreen else { return nil }
        self.output = output
        drawing = Task {
            // The first second belongs to the lines that say what begins.
            while (try? await Task.sleep(for: .seconds(1))) != nil {
                // In the background, the terminal is another's.
                let line = Terminal.isInFront ? StatusLine.line(statistics.snapshot(), width: Terminal.width - 1) : ""
                output.status(line)
            }
        }
        guard Terminal.isThere else {
            terminal = nil
            return
        }
        output.write(Self.keys)
        terminal = Terminal(clear: {
            output.status("")
            output.flush()
        }) { key in
            switch key {
            case "h": for line in StatusLine.hashRates(statistics.snapshot()) { output.write(line) }
            case "s": for line in StatusLine.shares(statistics.snapshot()) { output.write(line) }
            case "c": for line in StatusLine.connection(statistics.snapshot()) { output.write(line) }
            case "p": Task { await miner.pause(.user) }
            case "r":
                // Who sits at the machine may also take back what somebody asked for over the network.
                Task {
                    await miner.resume(.user)
                    await miner.resume(.api)
                }
            case "q": Task { await miner.stop(.request) }
            default: output.write(Self.keys)
            }
        }
    }

    /// Clears the line and gives the terminal back.
    func close() {
        drawing.cancel()
        output.status("")
        terminal?.close()
    }
}
