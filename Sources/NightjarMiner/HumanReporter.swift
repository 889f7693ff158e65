import Nightjar
import NightjarCore
import NightjarPlatform
import NightjarWire
import Synchronization

/// Log lines for people: what runs on which device, for whom, and with what result. Routine steps of a share are left
/// out. When many shares end, some have lines, and the others are counted.
package final class HumanReporter: Reporter {
    /// The meaning of a line, for a terminal with colours.
    package enum Tone: Sendable, Hashable {
        case plain, quiet, good, warning, bad
        /// Facts that the status line shows anyway.
        case status
    }

    private let write: @Sendable (String, Tone) -> Void
    private let now: @Sendable () -> Duration
    private let limit = Locked(ShareLineLimit())

    /// - Parameters:
    ///   - now: for tests.
    ///   - write: takes one line, without the time before it and without its end.
    package init(
        now: @escaping @Sendable () -> Duration = Backoff.uptime, write: @escaping @Sendable (String, Tone) -> Void
    ) {
        self.now = now
        self.write = write
    }

    package func report(_ event: MinerEvent) { report(event, from: EventSource()) }

    package func report(_ event: MinerEvent, from source: EventSource) {
        switch event {
        case .share(let share) where share.state.isFinal:
            let (leftOut, isSaid) = limit.withLock { $0.take(share.state, now: now()) }
            if let leftOut { write(leftOut, .plain) }
            guard isSaid else { return }
        case .summary: if let leftOut = limit.withLock({ $0.end() }) { write(leftOut, .plain) }
        default: break
        }
        let tone = Self.tone(event)
        for line in Self.lines(event) { write(Self.place(event, source) + line, tone) }
    }

    /// The pool of a job, a share or a rate, where devices have pools of their own.
    private static func place(_ event: MinerEvent, _ source: EventSource) -> String {
        switch event {
        case .job, .share, .hashrate: source.shownPool.map { "[\(printable($0))] " } ?? ""
        default: ""
        }
    }

    package static func tone(_ event: MinerEvent) -> Tone {
        switch event {
        case .connected, .resumed: .good
        case .disconnected, .recovering, .error: .bad
        case .paused: .warning
        case .share(let share):
            switch share.state {
            case .accepted: .good
            case .rejected, .expired: .bad
            case .stale: .warning
            case .found, .submitted: .plain
            }
        case .ready, .settling, .remark, .preparing, .progress: .quiet
        case .hashrate: .status
        case .job, .notice, .slice, .summary: .plain
        }
    }

    package static func lines(_ event: MinerEvent) -> [String] {
        switch event {
        case .connected(let pool): return ["connected to \(printable(pool))"]
        case .disconnected(_, let reason): return ["disconnected: \(printable(reason)); trying again"]
        case .job(let id, let height, let algorithm, let difficulty):
            let at = height.map { ", height \($0)" } ?? ""
            return ["job \(printable(id)): \(algorithm)\(at), difficulty \(difficulty)"]
        case .preparing(let device, let algorithm): return ["\(device): preparing \(algorithm)"]
        case .ready(let device, let lanes, let explanation):
            return ["\(device): ready, known answers passed, \(lanes) \(lanes == 1 ? "lane" : "lanes")"]
                + explanation.map { "  \(printable($0))" }
        case .recovering(let device, let reason, let seconds, let attempt):
            return ["problem: \(printable(recovery(device, reason, seconds, attempt)))"]
        case .settling(let device, let percent):
            switch percent {
            case ..<1: return ["\(device): filling the RandomX dataset"]
            case 100...: return ["\(device): the RandomX dataset is ready"]
            default: return ["\(device): the RandomX dataset is \(percent) % full"]
            }
        case .progress: return []
        case .paused(let reasons): return ["paused: \(reasons.map(\.words).joined(separator: ", "))"]
        case .resumed: return ["mining resumed"]
        case .notice(let text): return [printable(text)]
        case .slice(let pool, let devices, let seconds, let weight):
            return [
                "pool \(printable(pool)) has \(devices.joined(separator: ", ")) for the next \(seconds) s (weight \(weight))"
            ]
        case .remark(let device, let text): return ["\(device): \(printable(text))"]
        case .share(let share):
            let tail = share.reason.map { ": \(printable($0))" } ?? ""
            switch share.state {
            case .found, .submitted: return []
            case .accepted:
                let after = share.latency.map { " after \($0) ms" } ?? ""
                return ["share \(share.id) accepted\(after) (\(share.device), difficulty \(share.difficulty))"]
            case .rejected, .stale, .expired:
                return ["share \(share.id) \(share.state.rawValue)\(tail) (\(share.device))"]
            }
        case .hashrate(let total, let devices):
            let each = devices.map { "\($0.device) \(PlainText.rate($0.hashrate))\(trouble($0.health))" }.joined(
                separator: ", ")
            return devices.count > 1
                ? ["\(PlainText.rate(total))  (\(each))"] : [each.isEmpty ? PlainText.rate(total) : each]
        case .error(let message): return ["problem: \(printable(message))"]
        case .summary(let summary):
            var line = "\(summary.found) shares found: \(summary.accepted) accepted, \(summary.rejected) rejected, "
            line += "\(summary.stale) stale, \(summary.expired) expired"
            if summary.unaccounted != 0 { line += ", \(summary.unaccounted) unaccounted" }
            let mean = summary.seconds > 0 ? Double(summary.hashes) / summary.seconds : 0
            return [
                line,
                "\(summary.hashes) hashes in \(PlainText.fixed(summary.seconds, 1)) s, \(PlainText.rate(mean)) on average",
            ]
        }
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
