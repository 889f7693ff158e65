import Nightjar
import NightjarCore
import NightjarPlatform
import NightjarWire

/// What a user at a terminal sees of a ``MinerSnapshot``: a line that is always shown, and tables on request. It makes
/// text only; the command decides where the text goes and in which colour.
package enum StatusLine {
    /// One line of at most `width` characters: rates, devices, shares, and why it does not mine.
    package static func line(_ snapshot: MinerSnapshot, width: Int) -> String {
        var parts: [String] = []
        if !snapshot.pausedBecause.isEmpty {
            parts.append("paused: \(snapshot.pausedBecause.joined(separator: ", "))")
        } else if !snapshot.isConnected {
            parts.append("not connected")
        } else {
            let away = snapshot.teams.filter { !$0.connection.isConnected }
            if !away.isEmpty { parts.append("\(away.flatMap(\.devices).joined(separator: ", ")) not connected") }
        }
        parts.append(rates(snapshot.rates))
        if snapshot.devices.count > 1 || snapshot.devices.contains(where: { unreadiness($0) != nil }) {
            parts.append(snapshot.devices.map(device).joined(separator: ", "))
        }
        let summary = snapshot.summary
        var shares = "\(summary.accepted) of \(summary.found) accepted"
        if summary.rejected > 0 { shares += ", \(summary.rejected) rejected" }
        parts.append(shares)
        // Last, because a narrow terminal cuts it off.
        let power = power(snapshot.watts, snapshot.efficiency)
        if !power.isEmpty { parts.append(power.joined(separator: ", ")) }
        let line = printable(parts.joined(separator: " | "))
        return line.count <= width ? line : String(line.prefix(max(0, width - 1))) + (width > 0 ? "~" : "")
    }

    /// For the key `h`: each device's rates over each window.
    package static func hashRates(_ snapshot: MinerSnapshot) -> [String] {
        let head = ["device", "10 s", "60 s", "15 min", "highest", ""]
        var rows = snapshot.devices.map { device in
            var words = [device.algorithm ?? "no job yet", "\(device.lanes) \(device.lanes == 1 ? "lane" : "lanes")"]
            if let degrees = device.temperature { words.append("\(PlainText.fixed(degrees, 1)) °C") }
            words += power(device.power.watts, device.efficiency)
            if let unready = unreadiness(device) { words.append(unready) }
            return [device.id] + columns(device.rates) + [words.joined(separator: ", ")]
        }
        if rows.count != 1 {
            let words = power(snapshot.watts, snapshot.efficiency)
            rows.append(["all"] + columns(snapshot.rates) + [words.joined(separator: ", ")])
        }
        return table([head] + rows)
    }

    /// For the key `s`: how the shares ended.
    package static func shares(_ snapshot: MinerSnapshot) -> [String] {
        let summary = snapshot.summary
        var line = "\(summary.found) shares found: \(summary.accepted) accepted, \(summary.rejected) rejected, "
        line += "\(summary.stale) stale, \(summary.expired) expired"
        // During a run these shares are not lost: they wait for an answer.
        if summary.unaccounted > 0 { line += ", \(summary.unaccounted) under way" }
        var lines = [line]
        lines += snapshot.devices.map { device in
            "  \(device.id): \(device.found) found, \(device.accepted) accepted, \(device.rejected) rejected"
        }
        if snapshot.teams.count > 1 {
            lines += snapshot.teams.map { team in
                let counts = team.summary
                return printable(
                    "  \(team.connection.pool) (\(team.devices.joined(separator: ", "))): \(counts.found) found, "
                        + "\(counts.accepted) accepted, \(counts.rejected) rejected, \(counts.stale) stale")
            }
        }
        if !snapshot.best.isEmpty {
            lines.append("  highest difficulties met: \(snapshot.best.map(String.init).joined(separator: " "))")
        }
        return lines
    }

    /// For the key `c`: each team's pool, and its job.
    package static func connection(_ snapshot: MinerSnapshot) -> [String] {
        let lines = snapshot.teams.flatMap { team in
            (snapshot.teams.count > 1 ? ["\(team.devices.joined(separator: ", ")):"] : []) + connection(of: team)
        }
        return lines + problems(snapshot)
    }

    private static func connection(of team: MinerSnapshot.Team) -> [String] {
        let connection = team.connection
        let pool = printable(connection.pool)
        var lines = [
            connection.isConnected
                ? "connected to \(pool) for \(duration(connection.connectedFor))" : "not connected; trying \(pool)"
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
        if let latency = connection.latency { words += "; answers take \(latency) ms" }
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

    /// `[######..............] 30 %`.
    package static func bar(_ percent: Int) -> String {
        let width = 20
        let full = max(0, min(width, percent * width / 100))
        return "[" + String(repeating: "#", count: full) + String(repeating: ".", count: width - full)
            + "] \(percent) %"
    }

    /// `4 s`, `12 min`, `3 h 5 min`, `2 d 4 h`.
    package static func duration(_ seconds: Double) -> String {
        let seconds = Int(max(0, min(seconds, 1e12)))
        switch seconds {
        case ..<60: return "\(seconds) s"
        case ..<3600: return "\(seconds / 60) min"
        case ..<86_400: return "\(seconds / 3600) h \(seconds / 60 % 60) min"
        default: return "\(seconds / 86_400) d \(seconds / 3600 % 24) h"
        }
    }

    private static func rates(_ rates: MinerSnapshot.Rates) -> String {
        let names = ["10 s", "60 s", "15 min", "max"]
        return zip(names, columns(rates)).map { "\($0) \($1)" }.joined(separator: ", ")
    }

    private static func columns(_ rates: MinerSnapshot.Rates) -> [String] {
        [rates.tenSeconds, rates.minute, rates.quarterHour, rates.highest].map { $0.map(PlainText.rate) ?? "-" }
    }

    /// `143 W`, `3.9 H/J`; nothing where it is not known.
    private static func power(_ watts: Double?, _ efficiency: Double?) -> [String] {
        [
            watts.map { "\(PlainText.fixed($0, 1)) W" },
            efficiency.map { "\(PlainText.rate($0).replacing("H/s", with: "H/J"))" },
        ].compactMap { $0 }
    }

    private static func device(_ device: MinerSnapshot.Device) -> String {
        "\(device.id) \(unreadiness(device) ?? device.rates.tenSeconds.map(PlainText.rate) ?? "-")"
    }

    /// What a device does when it does not mine at full speed.
    private static func unreadiness(_ device: MinerSnapshot.Device) -> String? {
        if let percent = device.progress { return bar(percent) }
        switch device.health?.state {
        case .preparing: return "preparing"
        case .recovering: return "recovering"
        case .quarantined: return "quarantined"
        case .resting, .working, nil: return nil
        }
    }

    /// Aligned columns: a name first, then `numbers - 1` columns of numbers, then words.
    package static func table(_ rows: [[String]], indent: String = "  ", numbers: Int = 5) -> [String] {
        let columns = rows.map(\.count).max() ?? 0
        let widths = (0..<columns).map { column in rows.map { $0.count > column ? $0[column].count : 0 }.max() ?? 0 }
        return rows.map { row in
            let cells = row.enumerated().map { column, cell in
                let space = String(repeating: " ", count: widths[column] - cell.count)
                // Names on the left, numbers on the right, words as they come.
                return column == 0 ? cell + space : column >= numbers ? cell : space + cell
            }
            var line = indent + cells.joined(separator: "  ")
            while line.last == " " { line.removeLast() }
            return line
        }
    }
}
