import NightjarCore
import NightjarPlatform

/// Turns shares that have ended into log lines.
///
/// A pool decides how many shares there are and whether they are accepted. So more than three in a second are told in one
/// line for each second, and three refusals in a row for one reason get a question that may help.
struct ShareLines {
    typealias Line = (text: String, tone: HumanReporter.Tone)

    /// So many shares in a second have lines of their own.
    static let most = 3
    static let interval: Duration = .seconds(1)
    private static let refusalsToAsk = 3
    /// A pool decides how often it refuses, so that the question is asked no more often than this.
    private static let questionInterval: Duration = .seconds(600)

    /// Shares of one state that have no line of their own.
    private struct Merged {
        var count = 0
        /// The line of the first one, for a share that turns out to be alone.
        let first: Line
        var devices: [String: Int] = [:]
        var latencies: ClosedRange<Int64>?
        var reason: String?
        var hasOtherReasons = false
    }

    private var began: Duration?
    private var said = 0
    private var merged: [ShareState: Merged] = [:]
    private var totals: [ShareState: Int] = [:]
    private var refusals: (reason: String, count: Int)?
    private var asked: Duration?

    /// A share has ended.
    ///
    /// - Parameter pool: its pool, where that must be said.
    mutating func take(_ share: ShareReport, pool: String?, now: Duration) -> [Line] {
        var lines = due(now: now)
        if began == nil { began = now }
        totals[share.state, default: 0] += 1
        if said < Self.most {
            said += 1
            lines.append(Self.line(share, pool: pool))
        } else {
            merge(share, pool)
        }
        if let question = question(share, now: now) { lines.append((question, .warning)) }
        return lines
    }

    /// The lines of a second that is over.
    mutating func due(now: Duration) -> [Line] {
        guard let began, now - began >= Self.interval else { return [] }
        let count = merged.values.reduce(0) { $0 + $1.count }
        let lines = end(now: now)
        // While it goes on like this, there is one line a second and no other.
        said = count > Self.most ? Self.most : 0
        return lines
    }

    /// The lines of what was left out so far.
    mutating func end(now: Duration) -> [Line] {
        defer { (merged, began, said) = ([:], nil, 0) }
        let seconds = max(1, Int(((now - (began ?? now)) / .seconds(1)).rounded()))
        return [ShareState.accepted, .rejected, .stale, .expired].compactMap { state in
            guard let merged = merged[state] else { return nil }
            return merged.count == 1 ? merged.first : (line(merged, state, seconds), Self.tone(state))
        }
    }

    // MARK: Lines

    /// `accepted #60 cpu diff 64 290 ms`, `REJECTED #61 cpu: Low difficulty share`.
    static func line(_ share: ShareReport, pool: String?) -> Line {
        var words = [word(share.state), "#\(share.id)", share.device]
        if share.state == .accepted { words.append("diff \(share.difficulty)") }
        if share.state == .accepted, let latency = share.latency { words.append("\(latency) ms") }
        if let pool { words.append("at \(printable(pool))") }
        let reason = share.state == .accepted ? nil : share.reason
        return (words.joined(separator: " ") + (reason.map { ": \(printable($0))" } ?? ""), tone(share.state))
    }

    /// `accepted 12 shares in 1 s (cpu 12; 279 to 335 ms); 52 in all`.
    private func line(_ merged: Merged, _ state: ShareState, _ seconds: Int) -> String {
        var inside = merged.devices.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
        if let latencies = merged.latencies {
            let (low, high) = (latencies.lowerBound, latencies.upperBound)
            inside += low == high ? "; \(low) ms" : "; \(low) to \(high) ms"
        }
        var text = "\(Self.word(state)) \(merged.count) shares in \(seconds) s (\(inside))"
        if let reason = merged.reason, state != .accepted {
            text += ": \(printable(reason))\(merged.hasOtherReasons ? " and other reasons" : "")"
        }
        return "\(text); \(totals[state] ?? 0) in all"
    }

    private static func word(_ state: ShareState) -> String { state == .rejected ? "REJECTED" : state.rawValue }

    private static func tone(_ state: ShareState) -> HumanReporter.Tone {
        switch state {
        case .accepted: .goodWord
        case .rejected, .expired: .badWord
        case .stale: .warningWord
        case .found, .submitted: .plain
        }
    }

    private mutating func merge(_ share: ShareReport, _ pool: String?) {
        var all = merged[share.state] ?? Merged(first: Self.line(share, pool: pool))
        all.count += 1
        all.devices[share.device, default: 0] += 1
        if let latency = share.latency {
            let range = all.latencies ?? latency...latency
            all.latencies = min(range.lowerBound, latency)...max(range.upperBound, latency)
        }
        if let reason = share.reason {
            if let other = all.reason, other != reason { all.hasOtherReasons = true }
            all.reason = all.reason ?? reason
        }
        merged[share.state] = all
    }

    /// The likely cause of a row of refusals.
    private mutating func question(_ share: ShareReport, now: Duration) -> String? {
        switch share.state {
        case .rejected:
            let reason = share.reason ?? "without a reason"
            refusals = refusals?.reason == reason ? (reason, (refusals?.count ?? 0) + 1) : (reason, 1)
            guard refusals?.count == Self.refusalsToAsk, asked.map({ now - $0 >= Self.questionInterval }) ?? true
            else { return nil }
            asked = now
            let isOfUser = ["unauthor", "unauthent", "worker", "banned"].contains { reason.lowercased().contains($0) }
            return
                "warning: \(Self.refusalsToAsk) shares in a row were rejected for one reason (\(printable(reason))): "
                + "is \(isOfUser ? "-u" : "-a") right for this pool?"
        case .accepted:
            refusals = nil
            return nil
        case .found, .submitted, .stale, .expired: return nil
        }
    }
}
