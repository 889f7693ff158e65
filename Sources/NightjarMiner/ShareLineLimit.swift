import NightjarCore

/// Limits a log's lines about shares: a pool decides how many shares there are, and whether they are accepted.
struct ShareLineLimit {
    /// So many lines are written in each interval; further shares are counted.
    static let most = 20
    static let interval: Duration = .seconds(10)

    private var began: Duration?
    private var lines = 0
    private var unsaid: [ShareState: Int] = [:]

    /// A share has ended.
    ///
    /// - Returns: a line about shares that were left out, if there is one to write; and whether this share has a line.
    mutating func take(_ state: ShareState, now: Duration) -> (leftOut: String?, isSaid: Bool) {
        var leftOut: String?
        if began.map({ now - $0 >= Self.interval }) ?? true {
            leftOut = end()
            began = now
            lines = 0
        }
        guard lines < Self.most else {
            unsaid[state, default: 0] += 1
            return (leftOut, false)
        }
        lines += 1
        return (leftOut, true)
    }

    /// The line about shares that were left out; `nil` when there are none.
    mutating func end() -> String? {
        defer { unsaid = [:] }
        let counts = [ShareState.accepted, .rejected, .stale, .expired].compactMap { state in
            unsaid[state].map { "\($0) \(state.rawValue)" }
        }
        guard !counts.isEmpty else { return nil }
        return "more shares: \(counts.joined(separator: ", "))"
    }
}
