import Nightjar
import NightjarCore
import NightjarPlatform
import NightjarWire

/// What a user at a terminal sees of a ``MinerSnapshot``: a line that is always shown, and tables on request. It makes
/// text only; the command decides where the text goes and in which colour.
package enum StatusLine {
    /// A piece of the line that a terminal with colours shows in one way.
    package struct Part: Sendable, Hashable {
        package enum Style: Sendable, Hashable { case plain, strong, bad }

        package private(set) var text: String
        package let style: Style

        package init(_ text: String, _ style: Style = .plain) {
            self.text = printable(text)
            self.style = style
        }

        fileprivate mutating func cut(to width: Int) { text = String(text.prefix(max(0, width))) }
    }

    /// One line of at most `width` characters: why it does not mine, rates, devices, shares, and when the next one comes.
    ///
    /// What is not known has no place. In a narrow terminal less important fields go, or become shorter; none is cut while
    /// a shorter line fits.
    package static func parts(_ snapshot: MinerSnapshot, width: Int) -> [Part] {
        var parts: [Part] = []
        for detail in Detail.allCases {
            let fields = fields(snapshot, detail).filter { !$0.isEmpty }
            parts = Array(fields.joined(separator: [Part(" | ")]))
            if length(parts) <= width { return parts }
        }
        while let last = parts.last, length(parts) - last.text.count >= width { parts.removeLast() }
        if let last = parts.indices.last { parts[last].cut(to: width - length(Array(parts[..<last]))) }
        return parts
    }

    /// The same without styles.
    package static func line(_ snapshot: MinerSnapshot, width: Int) -> String {
        parts(snapshot, width: width).map(\.text).joined()
    }

    private static func length(_ parts: [Part]) -> Int { parts.reduce(0) { $0 + $1.text.count } }

    /// How much a line says, from the most to the least.
    private enum Detail: Int, CaseIterable, Comparable {
        case all, noAverages, noPower, shortShares, noDevices, shortState, noWaiting, noNext, noShares

        static func < (a: Detail, b: Detail) -> Bool { a.rawValue < b.rawValue }
    }

    private static func fields(_ snapshot: MinerSnapshot, _ detail: Detail) -> [[Part]] {
        func plain(_ text: String) -> [Part] { text.isEmpty ? [] : [Part(text)] }
        let isWorking = snapshot.pausedBecause.isEmpty && snapshot.isConnected
        let isShort = detail >= .shortShares
        let reasons = snapshot.pausedBecause.compactMap(PauseReason.init)
        return [
            plain(state(snapshot, isShort: detail >= .shortState)),
            rate(snapshot.rates, isWorking: isWorking, withAverages: detail == .all),
            plain(detail >= .noDevices ? preparation(snapshot) : devices(snapshot)),
            detail >= .noShares ? [] : counts(snapshot.summary, isShort: isShort, withWaiting: detail < .noWaiting),
            plain(
                detail >= .noNext || !isWorking || snapshot.isStopping
                    ? "" : nextShare(snapshot).map { isShort ? "~\($0)" : "next ~\($0)" } ?? ""),
            plain(detail >= .noPower ? "" : power(snapshot.watts, snapshot.efficiency).joined(separator: ", ")),
            plain(detail > .all || snapshot.uptime < 60 ? "" : duration(snapshot.uptime)),
            plain(!reasons.contains(where: \.isWish) || detail >= .shortState ? "" : "r resumes"),
        ]
    }

    /// Why it does not mine; empty while it does.
    private static func state(_ snapshot: MinerSnapshot, isShort: Bool) -> String {
        if snapshot.isStopping { return "stopping" }
        var parts: [String] = []
        let reasons = snapshot.pausedBecause.compactMap(PauseReason.init)
        if !reasons.isEmpty { parts.append(isShort ? "paused" : PauseReason.sentence(reasons)) }
        let away = snapshot.teams.filter { !$0.connection.isConnected }
        if away.count == snapshot.teams.count {
            parts.append(isShort ? shortWaiting(snapshot.connection) : waiting(snapshot.connection))
        } else if !away.isEmpty {
            parts.append("\(away.flatMap(\.devices).joined(separator: ", ")) not connected")
        }
        return parts.joined(separator: ", ")
    }

    /// `not connected for 14 s, next try in 4 s`; `connecting` before the first failure.
    static func waiting(_ connection: MinerSnapshot.Connection) -> String {
        guard let away = connection.awayFor else { return "connecting" }
        return "not connected for \(duration(away))"
            + (connection.nextTry.map { ", next try in \(PlainText.seconds($0.rounded(.up)))" } ?? ", trying now")
    }

    /// `no pool, try in 4 s`.
    private static func shortWaiting(_ connection: MinerSnapshot.Connection) -> String {
        guard connection.awayFor != nil else { return "connecting" }
        return "no pool" + (connection.nextTry.map { ", try in \(PlainText.seconds($0.rounded(.up)))" } ?? "")
    }

    private static func rate(_ rates: MinerSnapshot.Rates, isWorking: Bool, withAverages: Bool) -> [Part] {
        // The windows still hold what was hashed before.
        guard isWorking else { return [Part("0 H/s", .strong)] }
        guard let now = rates.tenSeconds else { return [] }
        let averages =
            withAverages ? [("60 s", rates.minute), ("15 min", rates.quarterHour), ("max", rates.highest)] : []
        let known = averages.compactMap { name, rate in rate.map { "\(name) \(PlainText.rate($0))" } }
        return [Part(PlainText.rate(now), .strong)]
            + (known.isEmpty ? [] : [Part(" (\(known.joined(separator: ", ")))")])
    }

    private static func devices(_ snapshot: MinerSnapshot) -> String {
        guard snapshot.devices.count > 1 || snapshot.devices.contains(where: { unreadiness($0) != nil }) else {
            return ""
        }
        return snapshot.devices.compactMap { device in
            (unreadiness(device) ?? device.rates.tenSeconds.map(PlainText.rate)).map { "\(device.id) \($0)" }
        }.joined(separator: ", ")
    }

    /// In place of the devices: what they do before they mine.
    private static func preparation(_ snapshot: MinerSnapshot) -> String {
        if let percent = snapshot.devices.compactMap(\.progress).min() { return "dataset \(percent) %" }
        return snapshot.devices.contains { unreadiness($0) == nil } ? "" : "preparing"
    }

    /// `59 accepted, 2 waiting`, `144 accepted, 36 rejected (20 %), 2 expired`; `59 ok, 2 waiting` where it must be short.
    private static func counts(_ summary: MinerSummary, isShort: Bool, withWaiting: Bool) -> [Part] {
        var words = [Part("\(summary.accepted) \(isShort ? "ok" : "accepted")")]
        if summary.rejected > 0 {
            let part = 100 * summary.rejected / max(1, summary.accepted + summary.rejected)
            words.append(Part("\(summary.rejected) rejected\(isShort ? "" : " (\(part) %)")", .bad))
        }
        if !isShort {
            if summary.stale > 0 { words.append(Part("\(summary.stale) stale")) }
            if summary.expired > 0 { words.append(Part("\(summary.expired) expired")) }
        }
        if withWaiting, summary.unaccounted > 0 { words.append(Part("\(summary.unaccounted) waiting")) }
        return Array(words.map { [$0] }.joined(separator: [Part(", ")]))
    }

    /// When the next share is found, on average; `nil` where it is not known, or at once.
    private static func nextShare(_ snapshot: MinerSnapshot) -> String? {
        guard snapshot.teams.count == 1, let rate = snapshot.rates.tenSeconds, rate > 0,
            let difficulty = snapshot.connection.difficulty
        else { return nil }
        let seconds = difficulty.expectedHashes / rate
        return seconds >= 1 ? duration(seconds) : nil
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

    static func columns(_ rates: MinerSnapshot.Rates) -> [String] {
        [rates.tenSeconds, rates.minute, rates.quarterHour, rates.highest].map { $0.map(PlainText.rate) ?? "-" }
    }

    /// `143 W`, `3.9 H/J`; nothing where it is not known.
    static func power(_ watts: Double?, _ efficiency: Double?) -> [String] {
        [
            watts.map { "\(PlainText.fixed($0, 1)) W" },
            efficiency.map { "\(PlainText.rate($0).replacing("H/s", with: "H/J"))" },
        ].compactMap { $0 }
    }

    /// What a device does when it does not mine at full speed.
    static func unreadiness(_ device: MinerSnapshot.Device) -> String? {
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
                // Names and words on the left, numbers on the right.
                return column == 0 || column >= numbers ? cell + space : space + cell
            }
            var line = indent + cells.joined(separator: "  ")
            while line.last == " " { line.removeLast() }
            return line
        }
    }
}
