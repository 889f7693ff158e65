/// Says what was refused, but not more than once a second: a pool may send nothing else.
struct RefusalLimit: Sendable {
    private static let interval: Duration = .seconds(1)

    private var last: Duration?
    private var unsaid = 0

    /// - Returns: what to say; `nil` when it is too soon.
    mutating func say(_ reason: String, now: Duration) -> String? {
        if let last, now - last < Self.interval {
            unsaid += 1
            return nil
        }
        defer { unsaid = 0 }
        last = now
        return unsaid > 0 ? "\(reason) (and \(unsaid) refused before it)" : reason
    }
}
