import NightjarPlatform
import NightjarWire

/// The tables behind a terminal's keys. No line is longer than the terminal is wide: it is folded between words.
extension StatusLine {
    /// For the key `h`: each device's rates over each window, and how its lanes were chosen.
    package static func hashRates(_ snapshot: MinerSnapshot, width: Int = .max) -> [String] {
        var rows = snapshot.devices.map { device in
            var words = [device.algorithm ?? "no job yet", "\(device.lanes) \(device.lanes == 1 ? "lane" : "lanes")"]
            if let degrees = device.temperature { words.append("\(PlainText.fixed(degrees, 1)) °C") }
            words += power(device.power.watts, device.efficiency)
            if let unready = unreadiness(device) { words.append(unready) }
            return RateTable.Row(name: device.id, rates: columns(device.rates), words: words.joined(separator: ", "))
        }
        if rows.count != 1 {
            let words = power(snapshot.watts, snapshot.efficiency)
            rows.append(
                RateTable.Row(name: "all", rates: columns(snapshot.rates), words: words.joined(separator: ", ")))
        }
        let details = snapshot.devices.flatMap { device in
            device.explanation.map { "  \(device.id): \(printable($0))" }
        }
        return RateTable(rows: rows).lines(width: width) + folded(details, width)
    }

    /// For the key `s`: how the shares ended.
    package static func shares(_ snapshot: MinerSnapshot, width: Int = .max) -> [String] {
        let summary = snapshot.summary
        var line = "\(summary.found) shares found: \(summary.accepted) accepted, \(summary.rejected) rejected, "
        line += "\(summary.stale) stale, \(summary.expired) expired"
        // During a run these shares are not lost: they wait for an answer.
        if summary.unaccounted > 0 { line += ", \(summary.unaccounted) waiting" }
        var lines = [line]
        lines += snapshot.devices.map { device in
            "  \(device.id): \(device.found) found, \(device.accepted) accepted, \(device.rejected) rejected"
        }
        if snapshot.teams.count > 1 {
            lines += snapshot.teams.map { team in
                let counts = team.summary
                let answers = answers(team.connection).map { "; \($0)" } ?? ""
                return printable(
                    "  \(team.connection.pool) (\(team.devices.joined(separator: ", "))): \(counts.found) found, "
                        + "\(counts.accepted) accepted, \(counts.rejected) rejected, \(counts.stale) stale\(answers)")
            }
        } else if let answers = answers(snapshot.connection) {
            lines.append("  \(answers)")
        }
        if !snapshot.best.isEmpty {
            lines.append("  highest difficulties met: \(snapshot.best.map(String.init).joined(separator: " "))")
        }
        return folded(lines, width)
    }

    /// For the key `c`: each team's pool, and its job.
    package static func connection(_ snapshot: MinerSnapshot, width: Int = .max) -> [String] {
        let lines = snapshot.teams.flatMap { team in
            (snapshot.teams.count > 1 ? ["\(team.devices.joined(separator: ", ")):"] : []) + connection(of: team)
        }
        return folded(lines + problems(snapshot), width)
    }

    private static func connection(of team: MinerSnapshot.Team) -> [String] {
        let connection = team.connection
        let pool = printable(connection.pool)
        var lines = [
            connection.isConnected
                ? "connected to \(pool) for \(duration(connection.connectedFor))" : "\(waiting(connection)): \(pool)"
        ]
        if let version = connection.tls {
            let certificate = connection.tlsFingerprint.map { ", certificate \($0)" } ?? ""
            lines.append(printable("  \(version)\(certificate)"))
        } else if connection.isConnected {
            lines.append("  not encrypted")
        }
        if let job = connection.job {
            var words = "  job \(printable(job)): \(connection.algorithm ?? "?")"
            if let height = connection.height { words += ", height \(height)" }
            if let difficulty = connection.difficulty { words += ", difficulty \(difficulty)" }
            lines.append(words)
        }
        var words =
            "  \(connection.failures) \(connection.failures == 1 ? "connection" : "connections") lost or refused"
        if let answers = answers(connection) { words += "; \(answers)" }
        lines.append(words)
        if let turn = team.turn { lines.append(printable("  turn of \(turn.pool): weight \(turn.weight)")) }
        return lines
    }

    private static func problems(_ snapshot: MinerSnapshot) -> [String] {
        snapshot.problems.suffix(3).map { problem in
            let times = problem.count > 1 ? " (\(problem.count) times)" : ""
            return "  \(problem.time.localTime)  \(printable(problem.text))\(times)"
        }
    }

    /// `answers take 41 ms (median)`; `nil` before the first answer.
    private static func answers(_ connection: MinerSnapshot.Connection) -> String? {
        connection.latency.map { "answers take \($0) ms (median)" }
    }

    private static func folded(_ lines: [String], _ width: Int) -> [String] {
        lines.flatMap { PlainText.folded($0, width: width) }
    }
}
