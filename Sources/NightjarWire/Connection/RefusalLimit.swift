/// Limits reports of refused jobs and messages to one a second: a pool or node may send nothing else.
package struct RefusalLimit: Sendable {
    private static let interval: Duration = .seconds(1)

    private var last: Duration?
    private var unsaid = 0

    package init() {}

    /// - Parameter reason: makes the text, which takes time. It is not called for a report that is left out.
    /// - Returns: the text to report; `nil` when the last report was less than a second ago.
    package mutating func say(now: Duration, _ reason: () -> String) -> String? {
        if let last, now - last < Self.interval {
            unsaid += 1
            return nil
        }
        defer { unsaid = 0 }
        last = now
        return unsaid > 0 ? "\(reason()) (and \(unsaid) refused before it)" : reason()
    }
}
