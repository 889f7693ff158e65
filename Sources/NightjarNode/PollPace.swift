/// Decides when a node is polled next.
///
/// A notice or an accepted block asks for a poll at once. The first one gets it. A node that sends notices without end,
/// or a new height with each answer, gets no more than a few polls a second: notices that follow soon share one poll,
/// and a new template must be a while old before the node is asked again.
package struct PollPace: Sendable {
    /// The shortest time between two polls that notices asked for.
    package static let noticeSpacing: Duration = .milliseconds(250)
    /// The delays before the polls that follow a notice, the last one first: a node publishes a block a moment before
    /// its template shows it.
    private static let earlyDelays: [Duration] = [
        .milliseconds(800), .milliseconds(400), .milliseconds(100), .milliseconds(20),
    ]

    private let interval: Duration
    private let templateSpacing: Duration
    private var due: Duration = .zero
    /// The number of polls that should come before the poll interval is over.
    private var earlyPolls = 0
    /// When the next poll that a notice asked for is due; `nil` without such a notice.
    private var wanted: Duration?
    /// One of the notices since the last poll asked for more than one poll.
    private var wantsMore = false
    private var lastWanted: Duration?
    private var lastTemplate: Duration?

    /// - Parameters:
    ///   - interval: the time between two polls without notices.
    ///   - templateSpacing: the shortest time between a request for a template and the next poll.
    package init(interval: Duration, templateSpacing: Duration) {
        self.interval = interval
        self.templateSpacing = templateSpacing
    }

    /// Starts the wait for the next poll.
    package mutating func begin(now: Duration) {
        due = now + interval
        guard earlyPolls > 0 else { return }
        earlyPolls -= 1
        due = min(due, now + Self.earlyDelays[earlyPolls])
    }

    /// How long to wait from now on; zero when the poll is due.
    package func wait(now: Duration) -> Duration {
        var next = min(due, wanted ?? due)
        if let lastTemplate { next = max(next, lastTemplate + templateSpacing) }
        return max(.zero, next - now)
    }

    /// Notes that the node is polled.
    package mutating func poll(now: Duration) {
        guard let wanted, wanted <= now else { return }
        if wantsMore { earlyPolls = Self.earlyDelays.count }
        lastWanted = now
        self.wanted = nil
        wantsMore = false
    }

    /// Asks for a poll soon.
    ///
    /// - Parameter more: ask for the early polls after it, too.
    /// - Returns: whether a wait that has begun may be shorter now.
    package mutating func notice(more: Bool, now: Duration) -> Bool {
        wantsMore = wantsMore || more
        guard wanted == nil else { return false }
        wanted = max(now, lastWanted.map { $0 + Self.noticeSpacing } ?? now)
        return true
    }

    /// Notes that the node has a new block, which needs no more early polls.
    package mutating func moved() { earlyPolls = 0 }

    /// Notes that the node is asked for a template.
    package mutating func template(now: Duration) { lastTemplate = now }
}
