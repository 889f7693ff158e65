import NightjarJSON
import NightjarMiner

/// The dashboard's state as one JSON object. The format is Nightjar's own: unknown values are `null`.
package enum DashboardState {
    /// How far back a history may go, in seconds.
    package static let ranges: [Int64] = [3600, 6 * 3600, 24 * 3600]

    /// The most points of a history: more than a screen shows.
    package static let mostPoints = 360

    /// - Parameters:
    ///   - range: one of ``ranges``.
    ///   - allowsControl: whether the dashboard may pause the miner.
    static func json(
        _ snapshot: MinerSnapshot, options: APIOptions, machine: Machine, range: Int64, allowsControl: Bool,
        now: Timestamp
    ) -> JSON {
        let condition = MinerCondition(snapshot)
        return .fields([
            "version": .string(options.version), "worker": .string(options.worker ?? machine.hostName),
            "time": .integer(now.milliseconds), "startedAt": .integer(snapshot.startedAt.milliseconds),
            "uptime": .number(snapshot.uptime), "status": .string(condition.name),
            "reason": .optional(condition.reason),
            "pausedBecause": .array(snapshot.pausedBecause.map(JSON.string)), "control": .bool(allowsControl),
            "rates": rates(snapshot.rates), "devices": .array(snapshot.devices.map(device)),
            "connection": connection(snapshot.connection),
            "pools": .array(snapshot.teams.map { pool($0, snapshot) }), "shares": shares(snapshot.summary),
            "best": .array(snapshot.best.map { JSON.optional($0) }), "problems": .array(snapshot.problems.map(problem)),
            "range": .integer(range), "history": history(snapshot.history, range: range, now: now),
        ])
    }

    private static func rates(_ rates: MinerSnapshot.Rates) -> JSON {
        .fields([
            "tenSeconds": FleetView.rate(rates.tenSeconds), "minute": FleetView.rate(rates.minute),
            "quarterHour": FleetView.rate(rates.quarterHour), "highest": FleetView.rate(rates.highest),
        ])
    }

    private static func device(_ device: MinerSnapshot.Device) -> JSON {
        .fields([
            "id": .string(device.id), "name": .string(device.name), "kind": .string(device.kind),
            "algorithm": .optional(device.algorithm), "lanes": .integer(Int64(device.lanes)),
            "explanation": .array(device.explanation.map(JSON.string)), "rates": rates(device.rates),
            "hashes": .unsigned(device.hashes), "shares": FleetView.shares(device), "health": FleetView.health(device),
            "progress": device.progress.map { .integer(Int64($0)) } ?? .null,
        ])
    }

    private static func connection(_ connection: MinerSnapshot.Connection) -> JSON {
        .fields([
            "pool": .string(connection.pool), "isConnected": .bool(connection.isConnected),
            "connectedFor": .number(connection.connectedFor), "failures": .integer(Int64(connection.failures)),
            "algorithm": .optional(connection.algorithm),
            "difficulty": .optional(connection.difficulty),
            "height": connection.height.map(JSON.unsigned) ?? .null, "job": .optional(connection.job),
            "tls": .optional(connection.tls), "tlsFingerprint": .optional(connection.tlsFingerprint),
            "latency": connection.latency.map(JSON.integer) ?? .null,
        ])
    }

    /// A team: its devices, its connection, its shares and its rate.
    private static func pool(_ team: MinerSnapshot.Team, _ snapshot: MinerSnapshot) -> JSON {
        let devices = snapshot.devices(of: team)
        return .fields([
            "devices": .array(devices.map { .string($0.id) }), "connection": connection(team.connection),
            "shares": shares(team.summary, hashes: devices.reduce(0) { $0 + $1.hashes }),
            "rate": FleetView.rate(FleetView.total(devices.map(\.rates.tenSeconds))),
            "turn": team.turn.map { turn in
                .fields([
                    "pool": .string(turn.pool), "seconds": .integer(Int64(turn.seconds)),
                    "weight": .string(turn.weight),
                ])
            } ?? .null,
        ])
    }

    private static func shares(_ summary: MinerSummary, hashes: UInt64? = nil) -> JSON {
        .fields([
            "found": .integer(Int64(summary.found)), "accepted": .integer(Int64(summary.accepted)),
            "rejected": .integer(Int64(summary.rejected)), "stale": .integer(Int64(summary.stale)),
            "expired": .integer(Int64(summary.expired)), "waiting": .integer(Int64(summary.unaccounted)),
            "hashes": .unsigned(hashes ?? summary.hashes),
        ])
    }

    private static func problem(_ problem: MinerSnapshot.Problem) -> JSON {
        .fields([
            "time": .integer(problem.time.milliseconds), "text": .string(problem.text),
            "count": .integer(Int64(problem.count)),
        ])
    }

    /// Pairs of milliseconds and hashes per second. The range is cut into equal parts, and each part with samples gives
    /// their mean.
    package static func history(_ samples: [MinerSnapshot.RateSample], range: Int64, now: Timestamp) -> JSON {
        let width = max(1, range * 1000 / Int64(mostPoints))
        var points: [JSON] = []
        var (stretch, sum, count, last) = (Int64(-1), 0.0, 0, Int64(0))
        func close() {
            if count > 0 { points.append(.array([.integer(last), .number(sum / Double(count))])) }
        }
        for sample in samples where sample.time.milliseconds > now.milliseconds - range * 1000 {
            // The parts begin at fixed times, so that a point keeps its value while time passes.
            let mine = sample.time.milliseconds / width
            if mine != stretch {
                close()
                (stretch, sum, count) = (mine, 0, 0)
            }
            sum += sample.total
            count += 1
            last = sample.time.milliseconds
        }
        close()
        return .array(points)
    }
}
