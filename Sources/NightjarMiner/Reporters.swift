import Nightjar
import NightjarCore

/// One JSON object a line, for programs.
package struct JSONReporter: Reporter {
    private let write: @Sendable (String) -> Void

    /// - Parameter write: takes one line without its end.
    package init(write: @escaping @Sendable (String) -> Void) { self.write = write }

    package func report(_ event: MinerEvent) {
        if let json = Self.json(event, at: .now) { write(json.description) }
    }

    /// The line's object; `nil` for an event that only people are told.
    package static func json(_ event: MinerEvent, at time: Timestamp) -> JSON? {
        func line(_ name: String, _ fields: KeyValuePairs<String, JSON>) -> JSON {
            .object(
                [JSON.Field("time", .string(time.description)), JSON.Field("event", .string(name))]
                    + fields.map { JSON.Field($0.key, $0.value) })
        }
        switch event {
        case .connected(let pool): return line("connected", ["pool": .string(pool)])
        case .disconnected(let pool, let reason):
            return line("disconnected", ["pool": .string(pool), "reason": .string(reason)])
        case .job(let id, let height, let algorithm, let difficulty):
            return line(
                "job",
                [
                    "id": .string(id), "height": height.map(JSON.unsigned) ?? .null, "algorithm": .string(algorithm),
                    "difficulty": .unsigned(difficulty),
                ])
        case .preparing, .ready, .settling, .remark: return nil
        case .share(let share):
            return line(
                "share",
                [
                    "id": .integer(share.id), "job": .string(share.job), "device": .string(share.device),
                    "difficulty": .unsigned(share.difficulty), "state": .string(share.state.rawValue),
                    "reason": .optional(share.reason),
                ])
        case .recovering(let device, let reason, let seconds, let attempt):
            return line("error", ["message": .string(recovery(device, reason, seconds, attempt))])
        case .hashrate(let total, let devices):
            var fields: [JSON.Field] = [
                .init("time", .string(time.description)), .init("event", .string("hashrate")),
                .init("total", .number(total)),
                .init("devices", .object(devices.map { JSON.Field($0.device, .number($0.hashrate)) })),
            ]
            let healths = devices.compactMap { device in device.health.map { JSON.Field(device.device, json($0)) } }
            if !healths.isEmpty { fields.append(.init("health", .object(healths))) }
            return .object(fields)
        case .error(let message): return line("error", ["message": .string(message)])
        case .summary(let summary):
            return line(
                "summary",
                [
                    "found": .integer(Int64(summary.found)), "accepted": .integer(Int64(summary.accepted)),
                    "rejected": .integer(Int64(summary.rejected)), "stale": .integer(Int64(summary.stale)),
                    "expired": .integer(Int64(summary.expired)),
                    "unaccounted": .integer(Int64(summary.unaccounted)), "hashes": .unsigned(summary.hashes),
                    "seconds": .number(summary.seconds),
                ])
        }
    }
}

extension JSONReporter {
    private static func json(_ health: DeviceHealth) -> JSON {
        .fields([
            "state": .string(health.state.name), "checked": .unsigned(health.checked), "wrong": .unsigned(health.wrong),
            "errorRate": .number(health.errorRate), "rebuilds": .integer(Int64(health.rebuilds)),
        ])
    }
}

extension DeviceHealth.State {
    /// As JSON has it.
    fileprivate var name: String {
        switch self {
        case .resting: "resting"
        case .preparing: "preparing"
        case .working: "working"
        case .recovering: "recovering"
        case .quarantined: "quarantined"
        }
    }
}

/// One line about a device that has failed and is tried anew.
private func recovery(_ device: String, _ reason: String, _ seconds: Double, _ attempt: Int) -> String {
    "\(device): \(reason); everything of it is made anew in \(HumanReporter.fixed(seconds, 1)) s, attempt \(attempt)"
}

/// Calm lines for people: what runs on what, for whom, and what came of it. Routine steps of a share are left out.
package final class HumanReporter: Reporter {
    private let write: @Sendable (String) -> Void

    /// - Parameter write: takes one line without its end.
    package init(write: @escaping @Sendable (String) -> Void) { self.write = write }

    package func report(_ event: MinerEvent) {
        let time = Timestamp.now.localTime
        for line in Self.lines(event) { write("\(time)  \(line)") }
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
        case .remark(let device, let text): return ["\(device): \(printable(text))"]
        case .share(let share):
            let tail = share.reason.map { ": \(printable($0))" } ?? ""
            switch share.state {
            case .found, .submitted: return []
            case .accepted:
                let after = share.latency.map { " after \($0) ms" } ?? ""
                return ["share \(share.id) accepted\(after) (\(share.device), difficulty \(share.difficulty))"]
            case .rejected, .stale, .expired: return ["share \(share.id) \(share.state.rawValue)\(tail) (\(share.device))"]
            }
        case .hashrate(let total, let devices):
            let each = devices.map { "\($0.device) \(rate($0.hashrate))\(trouble($0.health))" }.joined(separator: ", ")
            return devices.count > 1 ? ["\(rate(total))  (\(each))"] : [each.isEmpty ? rate(total) : each]
        case .error(let message): return ["problem: \(printable(message))"]
        case .summary(let summary):
            var line = "\(summary.found) shares found: \(summary.accepted) accepted, \(summary.rejected) rejected, "
            line += "\(summary.stale) stale, \(summary.expired) expired"
            if summary.unaccounted != 0 { line += ", \(summary.unaccounted) unaccounted" }
            let mean = summary.seconds > 0 ? Double(summary.hashes) / summary.seconds : 0
            return [line, "\(summary.hashes) hashes in \(fixed(summary.seconds, 1)) s, \(rate(mean)) on average"]
        }
    }

    /// What a person must know of a device's health beside its rate: nothing, as long as all is well.
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

    /// Hashes per second with a unit that keeps three digits or so: `98.3 H/s`, `5.41 kH/s`.
    package static func rate(_ hashesPerSecond: Double) -> String {
        var value = hashesPerSecond
        for unit in ["H/s", "kH/s", "MH/s"] {
            if value < 1000 { return "\(fixed(value, unit == "H/s" ? 1 : 2)) \(unit)" }
            value /= 1000
        }
        return "\(fixed(value, 2)) GH/s"
    }

    /// A text from outside on one line: control characters could move a terminal's cursor or forge a line.
    package static func printable(_ text: String) -> String {
        var clean = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned: clean.append("\u{FFFD}")
            default: clean.append(scalar)
            }
        }
        return String(clean)
    }

    /// A decimal with exactly `digits` places, at least one.
    package static func fixed(_ value: Double, _ digits: Int) -> String {
        var scale: Int64 = 1
        for _ in 0..<digits { scale *= 10 }
        guard value.isFinite, abs(value) < 1e12 else { return "\(value)" }
        let scaled = Int64((abs(value) * Double(scale)).rounded())
        let fraction = String(scaled % scale)
        return (value < 0 && scaled > 0 ? "-" : "") + "\(scaled / scale)."
            + String(repeating: "0", count: digits - fraction.count) + fraction
    }
}
