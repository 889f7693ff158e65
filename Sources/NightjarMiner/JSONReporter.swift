import Nightjar
import NightjarCore
import NightjarJSON
import NightjarPlatform
import NightjarWire
import Synchronization

/// One JSON object a line, for programs.
package final class JSONReporter: Reporter {
    private let write: @Sendable (String) -> Void
    /// Those that are not written yet.
    private let warnings: Locked<[String]>

    /// - Parameters:
    ///   - warnings: what the user should know about the run. They follow its first event, or stand before a summary,
    ///     which is the last line.
    ///   - write: takes one line without its end.
    package init(warnings: [String] = [], write: @escaping @Sendable (String) -> Void) {
        self.warnings = Locked(warnings)
        self.write = write
    }

    package func report(_ event: MinerEvent) { report(event, from: EventSource()) }

    package func report(_ event: MinerEvent, from source: EventSource) {
        guard let json = Self.json(event, from: source, at: .now) else { return }
        if case .summary = event { writeWarnings() }
        write(json.description)
        writeWarnings()
    }

    private func writeWarnings() {
        let all = warnings.withLock { warnings in
            defer { warnings = [] }
            return warnings
        }
        for warning in all {
            if let json = Self.json(.notice("warning: \(warning)"), at: .now) { write(json.description) }
        }
    }

    /// As ``json(_:at:)``. Where devices have pools of their own, jobs, shares and rates tell the pool.
    static func json(_ event: MinerEvent, from source: EventSource, at time: Timestamp) -> JSON? {
        let json = json(event, at: time)
        guard let pool = source.shownPool, case .object(var line) = json else { return json }
        switch event {
        case .job, .share, .hashrate: line.append("pool", .string(pool))
        default: break
        }
        return .object(line)
    }

    /// The line's object; `nil` for an event that is only for people.
    package static func json(_ event: MinerEvent, at time: Timestamp) -> JSON? {
        func line(_ name: String, _ fields: KeyValuePairs<String, JSON>) -> JSON {
            .object(
                [JSON.Field("time", .string(time.description)), JSON.Field("event", .string(name))]
                    + fields.map { JSON.Field($0.key, $0.value) })
        }
        switch event {
        case .connected(let pool): return line("connected", ["pool": .string(pool)])
        case .started(let version, let devices, let threads, let pools):
            return line(
                "start",
                [
                    "version": .string(version), "devices": .array(devices.map(JSON.string)),
                    "threads": threads.map { .integer(Int64($0)) } ?? .null, "pool": .optional(pools.first),
                    "pools": .array(pools.map(JSON.string)),
                ])
        case .disconnected(let pool, let reason, _):
            return line("disconnected", ["pool": .string(pool), "reason": .string(reason)])
        case .job(let id, let height, let algorithm, let difficulty):
            return line(
                "job",
                [
                    "id": .string(id), "height": height.map(JSON.unsigned) ?? .null, "algorithm": .string(algorithm),
                    "difficulty": .number(difficulty), "expectedHashes": .expectedHashes(difficulty),
                ])
        case .ready(let device, let lanes, _, let start):
            return line(
                "ready",
                [
                    "device": .string(device), "seconds": start.seconds.map { .number($0) } ?? .null,
                    "lanes": .integer(Int64(lanes)),
                ])
        case .settling(let device, let percent):
            return line("dataset", ["device": .string(device), "percent": .integer(Int64(percent))])
        case .preparing, .progress, .remark, .waiting, .stopping: return nil
        case .notice(let message): return line("notice", ["message": .string(message)])
        case .paused(let reasons): return line("paused", ["reasons": .array(reasons.map { .string($0.rawValue) })])
        case .resumed: return line("resumed", [:])
        case .slice(let pool, let devices, let seconds, let weight):
            return line(
                "slice",
                [
                    "pool": .string(pool), "devices": .array(devices.map(JSON.string)),
                    "seconds": .integer(Int64(seconds)), "weight": .string(weight),
                ])
        case .share(let share):
            var fields: [JSON.Field] = [
                .init("time", .string(time.description)), .init("event", .string("share")),
                .init("id", .integer(share.id)), .init("job", .string(share.job)),
                .init("device", .string(share.device)), .init("difficulty", .number(share.difficulty)),
                .init("expectedHashes", .expectedHashes(share.difficulty)),
                .init("state", .string(share.state.rawValue)), .init("reason", .optional(share.reason)),
            ]
            if let waited = share.waited {
                fields.append(.init("foundToSentMs", .number((waited * 10).rounded() / 10)))
            }
            if let latency = share.latency { fields.append(.init("latencyMs", .integer(latency))) }
            return .object(fields)
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
    /// The name in JSON.
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

/// One line about a device that has failed and will be rebuilt.
func recovery(_ device: String, _ reason: String, _ seconds: Double, _ attempt: Int) -> String {
    "\(device): \(reason); rebuilding it in \(PlainText.fixed(seconds, 1)) s, attempt \(attempt)"
}
