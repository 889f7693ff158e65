import Foundation
import Nightjar
import NightjarCore
import NightjarMiner
import NightjarPlatform
import NightjarWire
import Synchronization
import TestSupport
import Testing

/// A run as a person sees it on a terminal of so many columns, on a clock and with numbers that the test makes up.
final class Sitting: Sendable {
    private let columns: Int
    private let colours: Bool
    private let start = ContinuousClock.now
    private let seconds = Monitor(0)
    private let screen = Monitor<[String]>([])
    private let statistics: Statistics
    private let reporter: HumanReporter

    static let gpu = DeviceID.opencl(platform: 0, device: 0)
    static let devices = [
        Device(
            id: .cpu, kind: .cpu, name: "AMD EPYC", platform: "native", driver: "", computeUnits: 2, memory: 1,
            fp64: true
        ),
        Device(
            id: gpu, kind: .gpu, name: "A card with a long name, 8 GB", platform: "p", driver: "d", computeUnits: 28,
            memory: 1, fp64: true),
    ]

    init(columns: Int, colours: Bool = false) {
        (self.columns, self.colours) = (columns, colours)
        let (start, seconds, screen) = (start, seconds, screen)
        let statistics = Statistics(devices: Self.devices, pool: "pool.example.org:3333", start: start) {
            start + .seconds(seconds.withLock { $0 })
        }
        self.statistics = statistics
        reporter = HumanReporter(
            now: { .seconds(seconds.withLock { $0 }) }, snapshot: { statistics.snapshot() }
        ) { line, tone in
            guard !tone.isLeftOut(hasStatus: true, hasKeys: true) else { return }
            let second = seconds.withLock { $0 }
            let time = "12:" + [second / 60, second % 60].map { $0 < 10 ? "0\($0)" : "\($0)" }.joined(separator: ":")
            screen.withLock { $0.append(Paint.event(line, tone, at: time, colours: colours)) }
        }
    }

    /// Lines that are no events.
    func show(_ lines: [String]) { screen.withLock { $0 += lines } }

    func at(_ second: Int, _ events: MinerEvent...) {
        seconds.withLock { $0 = second }
        for event in events {
            statistics.report(event)
            reporter.report(event)
        }
    }

    /// The devices hash for so many seconds: 9320 and 237.6 hashes a second.
    func work(_ time: Int, since first: Int) {
        for _ in 0..<time {
            let now = seconds.withLock { seconds in
                seconds += 1
                return seconds
            }
            let worked = UInt64(now - first)
            statistics.sample(
                [(.cpu, worked * 9320), (Self.gpu, worked * 2376 / 10)], at: start + .seconds(now))
        }
    }

    /// The devices are in these states, and have not hashed yet.
    func states(_ cpu: DeviceHealth.State, _ card: DeviceHealth.State) {
        let health = [(DeviceID.cpu, cpu), (Self.gpu, card)].map { device, state in
            DeviceHealth(device: device, state: state, checked: 0, wrong: 0, rebuilds: 0)
        }
        statistics.sample(
            [(.cpu, 0), (Self.gpu, 0)], health: health, at: start + .seconds(seconds.withLock { $0 }))
    }

    /// Shows the line below all others, as it is now.
    func status() {
        let parts = StatusLine.parts(statistics.snapshot(), width: columns - 1)
        show([colours ? Paint.status(parts) : parts.map(\.text).joined()])
    }

    /// What a key shows.
    func key(_ lines: (MinerSnapshot, Int) -> [String]) { show(lines(statistics.snapshot(), columns - 1)) }

    /// The snapshot's counts, as the miner's own at its end.
    var summary: MinerSummary { statistics.snapshot().summary }

    /// All lines, broken where the terminal breaks them. Escape characters are shown as `^[`.
    var text: String {
        screen.withLock { $0.flatMap(wrapped).map { $0.replacing("\u{1B}", with: "^[") + "\n" }.joined() }
    }

    private func wrapped(_ line: String) -> [String] {
        var lines = [""]
        var (width, isEscape) = (0, false)
        for character in line {
            if character == "\u{1B}" { isEscape = true }
            if !isEscape {
                if width == columns {
                    lines.append("")
                    width = 0
                }
                width += 1
            }
            lines[lines.count - 1].append(character)
            if isEscape, character == "m" { isEscape = false }
        }
        return lines
    }

    /// Compares with a file of `Tests/Vectors/terminal`; `NIGHTJAR_WRITE_REFERENCE=1` writes it anew.
    func expect(_ name: String, _ place: SourceLocation = #_sourceLocation) throws {
        let url = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Vectors/terminal/\(name).txt")
        if ProcessInfo.processInfo.environment["NIGHTJAR_WRITE_REFERENCE"] != nil {
            try Data(text.utf8).write(to: url)
        }
        let known = try String(contentsOf: url, encoding: .utf8)
        let line = zip(text.split(separator: "\n"), known.split(separator: "\n")).first { $0 != $1 }
        #expect(
            text == known, "\(name) differs, first in: \(line.map { "\($0.0)\nnot: \($0.1)" } ?? "its length")",
            sourceLocation: place)
    }
}
