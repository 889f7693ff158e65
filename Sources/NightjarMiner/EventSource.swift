/// Which team and which pool an event is about.
package struct EventSource: Sendable, Hashable {
    /// The team's number.
    package var team: Int
    /// Host and port of the pool or node; `nil` for an event about none.
    package var pool: String?
    /// Whether the run has other teams, with pools of their own.
    package var isOneOfSeveral: Bool

    package init(team: Int = 0, pool: String? = nil, isOneOfSeveral: Bool = false) {
        self.team = team
        self.pool = pool
        self.isOneOfSeveral = isOneOfSeveral
    }

    /// The pool, where it must be said.
    package var shownPool: String? { isOneOfSeveral ? pool : nil }
}
