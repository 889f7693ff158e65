import Nightjar
import NightjarCore
import NightjarPlatform
import NightjarWire
import Synchronization

/// Log lines for people: what runs on which device, for whom, and with what result. Routine steps of a share are left
/// out, and many shares share a line.
package final class HumanReporter: Reporter {
    /// The meaning of a line, for a terminal with colours.
    package enum Tone: Sendable, Hashable {
        case plain, quiet, good, warning, bad
        /// The line's first word alone has the meaning.
        case goodWord, warningWord, badWord
        /// What a key shows on a terminal. Elsewhere it is a line like others.
        case detail
        /// Facts that the status line shows anyway.
        case status
    }

    private let write: @Sendable (String, Tone) -> Void
    private let now: @Sendable () -> Duration
    private let snapshot: @Sendable () -> MinerSnapshot?
    private let shares = Locked(ShareLines())

    /// - Parameters:
    ///   - now: for tests.
    ///   - snapshot: the run's state, for its last lines.
    ///   - write: takes one line, without the time before it and without its end.
    package init(
        now: @escaping @Sendable () -> Duration = Backoff.uptime,
        snapshot: @escaping @Sendable () -> MinerSnapshot? = { nil }, write: @escaping @Sendable (String, Tone) -> Void
    ) {
        self.now = now
        self.snapshot = snapshot
        self.write = write
    }

    package func report(_ event: MinerEvent) { report(event, from: EventSource()) }

    package func report(_ event: MinerEvent, from source: EventSource) {
        let now = now()
        let lines = shares.withLock { shares in
            switch event {
            case .share(let share) where share.state.isFinal:
                shares.take(share, pool: source.shownPool, now: now)
            case .summary: shares.end(now: now)
            default: shares.due(now: now)
            }
        }
        for line in lines { write(line.text, line.tone) }
        if case .share = event { return }
        let tone = Self.tone(event)
        let texts =
            if case .summary(let summary) = event { EndSummary.lines(summary, snapshot()) } else { Self.lines(event) }
        for (index, line) in texts.enumerated() {
            let isDetail = if case .ready = event { index > 0 } else { false }
            write(Self.place(event, source) + line, isDetail ? .detail : tone)
        }
    }

    /// The pool of a job or a rate, where devices have pools of their own.
    private static func place(_ event: MinerEvent, _ source: EventSource) -> String {
        switch event {
        case .job, .hashrate: source.shownPool.map { "[\(printable($0))] " } ?? ""
        default: ""
        }
    }

    package static func tone(_ event: MinerEvent) -> Tone {
        switch event {
        case .connected, .resumed, .ready: .good
        case .disconnected, .recovering, .error: .bad
        case .paused: .warning
        case .share(let share): ShareLines.line(share, pool: nil).tone
        case .remark, .preparing: .detail
        case .settling, .progress, .waiting, .started: .quiet
        case .hashrate: .status
        case .notice(let text): text.hasPrefix("warning: ") ? .warning : .plain
        case .job, .slice, .stopping, .summary: .plain
        }
    }

    package static func lines(_ event: MinerEvent) -> [String] {
        switch event {
        case .connected(let pool): return ["connected to \(printable(pool))"]
        case .disconnected(_, let reason, let outage): return [Self.line(outage, reason)]
        case .started, .waiting: return []
        case .job(let id, let height, let algorithm, let difficulty):
            let at = height.map { ", height \($0)" } ?? ""
            return ["job \(printable(id)): \(algorithm)\(at), difficulty \(difficulty)"]
        case .preparing(let device, let algorithm): return ["\(device): preparing \(algorithm)"]
        case .ready(let device, let lanes, let explanation, let start):
            let time = start.seconds.map { " in \(PlainText.fixed($0, 1)) s" } ?? ""
            let how = start.words ?? "\(lanes) \(lanes == 1 ? "lane" : "lanes")"
            return ["\(device): ready\(time), known answers passed, \(how)"] + explanation.map { "  \(printable($0))" }
        case .recovering(let device, let reason, let seconds, let attempt):
            return ["problem: \(printable(recovery(device, reason, seconds, attempt)))"]
        case .settling(let device, let percent):
            switch percent {
            case ..<1: return ["\(device): filling the RandomX dataset"]
            case 100...: return ["\(device): the RandomX dataset is ready"]
            default: return ["\(device): the RandomX dataset is \(percent) % full"]
            }
        case .progress: return []
        case .paused(let reasons): return [PauseReason.sentence(reasons)]
        case .resumed: return ["resumed"]
        case .stopping(let devices, let answers):
            var waits = [(devices, "device"), (answers, "answer")].filter { $0.0 > 0 }.map {
                "\($0) \($1)\($0 == 1 ? "" : "s")"
            }
            if waits.isEmpty { waits = ["the devices"] }
            return ["stopping: waiting for \(waits.joined(separator: " and ")) (q or Ctrl-C again: at once)"]
        case .notice(let text): return [printable(text)]
        case .slice(let pool, let devices, let seconds, let weight):
            return [
                "pool \(printable(pool)) has \(devices.joined(separator: ", ")) for the next \(seconds) s (weight \(weight))"
            ]
        case .remark(let device, let text): return ["\(device): \(printable(text))"]
        case .share(let share): return share.state.isFinal ? [ShareLines.line(share, pool: nil).text] : []
        case .hashrate(let total, let devices):
            let each = devices.map { "\($0.device) \(PlainText.rate($0.hashrate))\(trouble($0.health))" }.joined(
                separator: ", ")
            return devices.count > 1
                ? ["\(PlainText.rate(total))  (\(each))"] : [each.isEmpty ? PlainText.rate(total) : each]
        case .error(let message): return ["problem: \(printable(message))"]
        case .summary(let summary): return EndSummary.lines(summary, nil)
        }
    }

    /// What happened, and what comes next. There is no "disconnected" before there was a connection.
    private static func line(_ outage: Outage, _ reason: String) -> String {
        var line = "\(outage.wasConnected ? "disconnected:" : "cannot mine at") \(printable(reason)); "
        if let seconds = outage.nextTry {
            line += "next try in \(PlainText.seconds(seconds))"
        } else {
            line += outage.wasConnected ? "trying again" : "trying the next pool"
        }
        if outage.attempt > 1 { line += " (attempt \(outage.attempt))" }
        return line
    }

    /// What the user must know about a device's health; empty while all is well.
    private static func trouble(_ health: DeviceHealth?) -> String {
        guard let health else { return "" }
        var words: [String] = []
        switch health.state {
        case .resting, .preparing, .working: break
        case .recovering: words.append("recovering")
        case .quarantined: words.append("quarantined")
        }
        if health.wrong > 0 { words.append("\(health.wrong) of \(health.checked) checked hashes wrong") }
        return words.isEmpty ? "" : " [\(words.joined(separator: ", "))]"
    }
}
