import NightjarPlatform
import NightjarWire

/// The lines at the end of a run.
enum EndSummary {
    /// - Parameter snapshot: the run's last state; `nil` where only the counts are known.
    static func lines(_ summary: MinerSummary, _ snapshot: MinerSnapshot?) -> [String] {
        var lines = [shares(summary)]
        if let snapshot {
            if snapshot.devices.count > 1 { lines += StatusLine.table(snapshot.devices.map(row), numbers: 2) }
            if let best = snapshot.best.first { lines.append("best share: difficulty \(best)") }
        }
        return lines + [hashes(summary, snapshot?.devices ?? [])]
    }

    /// `158 shares found: 144 accepted (91 %), 11 rejected, 2 stale, 1 expired`. What is 0 is left out.
    private static func shares(_ summary: MinerSummary) -> String {
        guard summary.found > 0 else { return "0 shares found" }
        // Rounded down: 100 % is all of them.
        var words = ["\(summary.accepted) accepted (\(100 * summary.accepted / summary.found) %)"]
        words += counts([
            (summary.rejected, "rejected"), (summary.stale, "stale"), (summary.expired, "expired"),
            (summary.unaccounted, "unaccounted"),
        ])
        return "\(summary.found) \(summary.found == 1 ? "share" : "shares") found: \(words.joined(separator: ", "))"
    }

    private static func row(_ device: MinerSnapshot.Device) -> [String] {
        let words = ["\(device.accepted) accepted"] + counts([(device.rejected, "rejected")])
        return [device.id, device.average.map(PlainText.rate) ?? "-", words.joined(separator: ", ")]
    }

    private static func counts(_ counts: [(number: Int, word: String)]) -> [String] {
        counts.filter { $0.number != 0 }.map { "\($0.number) \($0.word)" }
    }

    /// The average is over the time at work. Where that is not known, it is over the whole run.
    private static func hashes(_ summary: MinerSummary, _ devices: [MinerSnapshot.Device]) -> String {
        var line = "\(summary.hashes) hashes in \(PlainText.fixed(summary.seconds, 1)) s"
        let averages = devices.compactMap(\.average)
        if summary.hashes == 0 {
            // Nothing to average.
        } else if !averages.isEmpty {
            line += ", \(PlainText.rate(averages.reduce(0, +))) on average at work"
        } else if summary.seconds > 0 {
            line += ", \(PlainText.rate(Double(summary.hashes) / summary.seconds)) on average"
        }
        if let setUp = devices.map(\.setUpSeconds).max(), setUp > 0 {
            line += "; set-up took \(PlainText.fixed(setUp, 1)) s"
        }
        return line
    }
}
